#!/usr/bin/env python3
"""Verify a Kubeproof ledger bundle with Python's standard library alone.

    python3 verify_ledger.py BUNDLE.zip KEYFILE        exit code 0: whole, 1: tampered with, 2: unusable

It is written from RFC 6962, RFC 8032 and C2SP signed-note, without Kubeproof's code, so that the two judge each
other. Take this file, and the key, from elsewhere than the bundle that you doubt.

It checks the sequence and times of entries, the Merkle root, every checkpoint byte for byte, the digests of contents
and of files. It does NOT check: pins (compare the root that it prints with one that you kept), keys before the last
rotation (KEYFILE must hold the newest key, and checkpoints that older keys signed are counted, not checked),
signed statements, and whether files are missing or too many. It reads zip files, not folders.
"""
import base64, hashlib, json, re, sys, zipfile

problems = []
DASH = "\u2014 ".encode()  # begins the line of a signature
sha256 = lambda data: hashlib.sha256(data).digest()

# --- Ed25519, RFC 8032 section 6: points are (X, Y, Z, T), extended homogeneous coordinates ---
p, q = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
d = -121665 * pow(121666, p - 2, p) % p


def add(P, Q):
    A, B = (P[1] - P[0]) * (Q[1] - Q[0]) % p, (P[1] + P[0]) * (Q[1] + Q[0]) % p
    C, D = 2 * P[3] * Q[3] * d % p, 2 * P[2] * Q[2] % p
    E, F, G, H = B - A, D - C, D + C, B + A
    return E * F % p, G * H % p, F * G % p, E * H % p


def multiply(s, P):
    Q = (0, 1, 1, 0)
    while s > 0:
        Q = add(Q, P) if s & 1 else Q
        P, s = add(P, P), s >> 1
    return Q


def point(raw):
    y, sign = int.from_bytes(raw, "little") & (2**255 - 1), raw[31] >> 7
    x2 = (y * y - 1) * pow(d * y * y + 1, p - 2, p) % p
    x = pow(x2, (p + 3) // 8, p)
    x = x if (x * x - x2) % p == 0 else x * pow(2, (p - 1) // 4, p) % p
    if y >= p or (x * x - x2) % p != 0 or (x == 0 and sign):
        return None
    x = p - x if x & 1 != sign else x
    return x, y, 1, x * y % p


G = point((4 * pow(5, p - 2, p) % p).to_bytes(32, "little"))


def signed(public, message, signature):
    A, R, s = point(public), point(signature[:32]), int.from_bytes(signature[32:], "little")
    if not A or not R or s >= q:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % q
    P, Q = multiply(s, G), add(R, multiply(h, A))
    return (P[0] * Q[2] - Q[0] * P[2]) % p == 0 and (P[1] * Q[2] - Q[1] * P[2]) % p == 0


# --- the parts of a bundle ---
def read_key(text):
    name, _, code = (text.split("+", 2) + ["", ""])[:3]
    raw = base64.b64decode(code)
    number = sha256(name.encode() + b"\n" + raw)[:4]
    if len(raw) != 33 or raw[0] != 1 or text != "%s+%s+%s" % (name, number.hex(), base64.b64encode(raw).decode()):
        raise ValueError("the key file holds no verifier key")
    return name, number, raw[1:]


def read_lines(archive, name):
    """Gives each line without its newline, and notes a torn one."""
    with archive.open(name) as member:
        for line in member:
            if not line.endswith(b"\n"):
                problems.append("%s: the last line is torn" % name)
            yield line[:-1] if line.endswith(b"\n") else line


def no_twins(pairs):
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a key is there twice")
    return dict(pairs)


def read_entry(line):
    e = json.loads(line.decode(), object_pairs_hook=no_twins)
    if list(e) != [k for k in ("seq", "time", "actor", "action", "body", "content") if k in e]:
        raise ValueError("unexpected fields")
    if type(e["seq"]) is not int or not all(type(e[k]) is str for k in ("time", "actor", "action")):
        raise ValueError("unexpected types")
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z", e["time"], re.ASCII):
        raise ValueError("unexpected time")
    if not re.fullmatch("sha256:[0-9a-f]{64}", e.get("content", "sha256:" + "0" * 64)):
        raise ValueError("unexpected digest")
    return e


def read_content(line):
    c = json.loads(line.decode())
    if json.dumps(c, ensure_ascii=False, separators=(",", ":")).encode() != line:
        raise ValueError("unexpected spelling")
    data = base64.b64decode(c["data"]) if list(c) == ["seq", "salt", "data"] else c["text"].encode()
    if list(c) != ["seq", "salt", "data"] and list(c) != ["seq", "salt", "text"] or type(c["seq"]) is not int:
        raise ValueError("unexpected fields")
    if "data" in c and base64.b64encode(data).decode() != c["data"] or not re.fullmatch("[0-9a-f]{64}", c["salt"]):
        raise ValueError("unexpected spelling")
    return c["seq"], "sha256:" + sha256(bytes.fromhex(c["salt"]) + data).hex()


class Tree:
    """The Merkle tree of RFC 6962, with the root at every size."""

    def __init__(self):
        self.roots, self.stack = [sha256(b"")], []

    def add(self, line):
        node, n = sha256(b"\0" + line), len(self.roots) - 1
        while n & 1:
            node, n = sha256(b"\1" + self.stack.pop() + node), n >> 1
        self.stack.append(node)
        root = self.stack[-1]
        for left in reversed(self.stack[:-1]):
            root = sha256(b"\1" + left + root)
        self.roots.append(root)


def check_entries(archive):
    """Gives the tree, the digests that entries name, those that were erased, and the size from which the newest key signs."""
    tree, named, erased, since, last = Tree(), {}, set(), 0, ("", "")
    for i, line in enumerate(read_lines(archive, "ledger.jsonl")):
        tree.add(line)
        try:
            e = read_entry(line)
            now = e["time"][:19], e["time"][20:-1].ljust(6, "0")
            if e["seq"] != i or now < last:
                raise ValueError("number or time is out of order")
            last = now
            if "content" in e:
                named[i] = e["content"]
            if e["action"] == "erase":
                seqs = e["body"]["seqs"]
                if not all(type(s) is int and 0 <= s < i for s in seqs):
                    raise ValueError("erases what is not before it")
                erased.update(seqs)
            if e["action"] == "key.rotate":
                since = i + 1
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            problems.append("entry %d: %s" % (i, error))
    return tree, named, erased, since


def read_notes(text):
    """Cuts behind each line that begins with a dash, which is a signature; all bytes are in some note."""
    note = b""
    for line in re.findall(b"[^\n]*\n|[^\n]+", text):
        note += line
        if line.startswith(DASH):
            yield note
            note = b""
    if note:
        yield note


def check_note(note, key, tree, size):
    """Says what is wrong with a note: it must be, byte for byte, what this key writes for this size and root."""
    name, number, public = key
    body = b"%s\n%d\n%s\n" % (name.encode(), size, base64.b64encode(tree.roots[size]))
    start = body + b"\n" + DASH + name.encode() + b" "
    try:
        raw = base64.b64decode(note[len(start) :])
    except ValueError:
        raw = b""
    if len(raw) != 68 or note != start + base64.b64encode(raw) + b"\n":
        return "is not one of this ledger and key"
    return None if raw[:4] == number and signed(public, body, raw[4:]) else "has a wrong signature"


def check_checkpoints(archive, tree, key, since):
    """Gives the number of checkpoints that older keys signed."""
    total, newest, older = len(tree.roots) - 1, -1, 0
    for note in read_notes(archive.read("checkpoints.txt")):
        line = (note.split(b"\n") + [b""])[1]
        size = int(line) if re.fullmatch(b"0|[1-9][0-9]{0,17}", line) else -1
        if 0 <= size < since:
            older += 1
            continue
        wrong = check_note(note, key, tree, size) if 0 <= size <= total else "is not of this ledger's size"
        if wrong or size < newest:
            problems.append("checkpoint of %d entries: %s" % (size, wrong or "is out of order"))
        newest = max(newest, size)
    if newest != total:
        problems.append("the newest checkpoint does not cover all %d entries" % total)
    return older


def check_contents(archive, named, erased):
    found, last = set(), -1
    for line in read_lines(archive, "contents.jsonl"):
        try:
            seq, digest = read_content(line)
            if named.get(seq) != digest or seq <= last:
                raise ValueError("its digest is not the entry's, or it is out of order")
            found.add(seq)
            last = seq
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            problems.append("content: %s" % error)
    problems.extend("entry %d: its content is missing" % s for s in sorted(set(named) - found - erased))
    return len(found)


def check_files(archive):
    names = [i.filename for i in archive.infolist() if i.filename not in ("files/", "files/sha256/", "reports/")]
    known = "README.md|verify_ledger.py|log.vkey|(ledger|contents).jsonl|checkpoints.txt|files/sha256/[0-9a-f]{64}"
    if len(set(names)) < len(names):
        raise ValueError("a file is there twice")
    for name in names:
        if not re.fullmatch(known + "|reports/[A-Za-z0-9][A-Za-z0-9._-]*", name):
            raise ValueError("unexpected file %r" % name)
    files = [n for n in names if n.startswith("files/")]
    for name in files:
        digest = hashlib.sha256()
        with archive.open(name) as member:
            for block in iter(lambda: member.read(1 << 20), b""):
                digest.update(block)
        if digest.hexdigest() != name[-64:]:
            problems.append("%s has other bytes than its name says" % name)
    return len(files)


def main(bundle, keyfile):
    with open(keyfile) as file:
        text = file.read().strip()
    key = read_key(text)
    with zipfile.ZipFile(bundle) as archive:
        files = check_files(archive)
        tree, named, erased, since = check_entries(archive)
        older = check_checkpoints(archive, tree, key, since)
        contents = check_contents(archive, named, erased)
        if archive.read("log.vkey") != text.encode() + b"\n":
            problems.append("log.vkey is not the key that you gave")
    print("%s: %d entries, %d contents, %d files" % (key[0], len(tree.roots) - 1, contents, files))
    print("root %s" % base64.b64encode(tree.roots[-1]).decode())
    if older:
        print("not checked: %d checkpoints, signed by earlier keys" % older)
    for problem in problems[:100]:
        print("problem: %s" % problem)
    return 1 if problems else 0


def run(arguments):
    problems.clear()
    try:
        if len(arguments) != 2:
            raise ValueError("give BUNDLE.zip and KEYFILE")
        return main(*arguments)
    except Exception as error:  # whatever it is, nothing was verified
        print("unusable: %s" % error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
