"""The voice of the pocket package: teacher, vocoder, acoustic model, dictionary, export, evaluation.

Steps, each a module with ``main()`` and resumable: ``texts`` -> ``teacher`` -> ``train_vocoder`` and
``train_acoustic`` -> ``dictionary`` -> ``export`` -> ``evaluate``. All of them share ``paths.work()``.
"""
