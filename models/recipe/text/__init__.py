"""The sentences people say at home: words, phrasings, and the rules that keep some of them unseen."""
