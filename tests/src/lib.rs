//! The whole house, from outside: see the tests beside this file.
