"""Compares the table of normalisation cases with the words that festival makes of the same text.

The table is ours (festival reads no units, ranges or addresses as people do); this shows where the two part, for a
person to judge. Prints the differing lines and the share that agrees.
"""

import subprocess

from .paths import RECIPE, work

CASES = RECIPE.parents[1] / "eval" / "voice_words.tsv"
SCRIPT = """
(voice_cmu_us_slt_arctic_hts)
(define (said number text)
  (let ((utt (eval (list 'Utterance 'Text text))))
    (Initialize utt) (Text utt) (Token_POS utt) (Token utt)
    (format t "\\n%s\\t" number)
    (mapcar (lambda (w) (format t "%s " (item.name w))) (utt.relation.items utt 'Word))))
"""


def plain(words: str) -> str:
    """One spelling for what both say alike."""
    joined = " ".join(word for word in words.lower().split() if any(c.isalnum() for c in word))
    return joined.replace(" 's", "'s").replace("ay ", "a ").replace("missus", "mrs").strip()


def main() -> None:
    """Print the differences."""
    cases = [line.split("\t") for line in CASES.read_text().splitlines()]
    script = SCRIPT
    for number, (written, _) in enumerate(cases):
        quoted = written.replace("\\", "\\\\").replace('"', '\\"')
        script += f'(said {number} "{quoted}")\n'
    path = work() / "oracle.scm"
    path.write_text(script)
    output = subprocess.run(["festival", "-b", str(path)], capture_output=True, text=True, errors="replace").stdout
    heard = dict(line.split("\t", 1) for line in output.splitlines() if "\t" in line)
    same = 0
    for number, (written, spoken) in enumerate(cases):
        theirs = plain(heard.get(str(number), ""))
        same += theirs == plain(spoken)
        if theirs != plain(spoken):
            print(f"{written}\n    ours:     {spoken}\n    festival: {theirs}")
    print(f"{same} of {len(cases)} cases agree")


if __name__ == "__main__":
    main()
