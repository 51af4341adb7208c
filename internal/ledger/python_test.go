package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// python runs the independent verifier on a bundle.
type python struct {
	t              *testing.T
	program, where string
}

func findPython(t *testing.T) *python {
	program, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("no python3 here: the independent verifier was not compared")
	}
	p := &python{t, program, t.TempDir()}
	write(t, filepath.Join(p.where, verifierName), IndependentVerifier)
	return p
}

func (p *python) run(packed []byte, v Verifier) (code int, output string) {
	p.t.Helper()
	bundle, key := filepath.Join(p.where, "bundle.zip"), filepath.Join(p.where, "log.vkey")
	write(p.t, bundle, packed)
	write(p.t, key, []byte(v.String()+"\n"))
	out, err := exec.Command(p.program, "-I", filepath.Join(p.where, verifierName), bundle, key).CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		p.t.Fatal(err)
	}
	if exit != nil {
		code = exit.ExitCode()
	}
	return code, string(out)
}

// exitCode is what a command makes of our answer.
func exitCode(packed []byte, v Verifier) int {
	b, err := open(packed)
	if err != nil {
		return 2
	}
	switch r, err := Verify(b, v); {
	case err != nil:
		return 2
	case !r.OK():
		return 1
	}
	return 0
}

// agree asks both about a bundle.
func (p *python) agree(what string, packed []byte, v Verifier, want int) {
	p.t.Helper()
	theirs, output := p.run(packed, v)
	if ours := exitCode(packed, v); ours != want || theirs != want || strings.Contains(output, "Traceback") {
		p.t.Errorf("%s: kubeproof says %d, Python %d, want %d\n%s", what, ours, theirs, want, output)
	}
}

// loop asks Python about the bundles whose names it reads, without starting anew for each.
const loop = `
import contextlib, io, sys, verify_ledger
for line in sys.stdin:
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(out):
        code = verify_ledger.run([line.strip(), sys.argv[1]])
    print(code)
`

// agreeOnAll is agree for many bundles, by their names.
func (p *python) agreeOnAll(bundles map[string][]byte, v Verifier, want int) {
	p.t.Helper()
	key := filepath.Join(p.where, "log.vkey")
	write(p.t, key, []byte(v.String()+"\n"))
	names := slices.Sorted(maps.Keys(bundles))
	var input strings.Builder
	for i, name := range names {
		file := filepath.Join(p.where, fmt.Sprintf("%d.zip", i))
		write(p.t, file, bundles[name])
		fmt.Fprintln(&input, file)
	}
	command := exec.Command(p.program, "-c", loop, key)
	command.Dir, command.Stdin, command.Stderr = p.where, strings.NewReader(input.String()), os.Stderr
	codes := strings.Fields(string(must(command.Output())(p.t)))
	if len(codes) != len(names) {
		p.t.Fatalf("%d answers for %d bundles", len(codes), len(names))
	}
	for i, name := range names {
		if ours := exitCode(bundles[name], v); ours != want || codes[i] != strconv.Itoa(want) {
			p.t.Errorf("%s: kubeproof says %d, Python %s, want %d", name, ours, codes[i], want)
		}
	}
	p.t.Logf("%d changed bundles, refused by both unless an error stands above", len(names))
}

func TestPythonAgreesOnWholeBundles(t *testing.T) {
	p := findPython(t)
	d := small(t)
	p.agree("sample", d.pack(), d.key.Verifier(), 0)
	code, output := p.run(d.pack(), d.key.Verifier())
	if code != 0 || !strings.Contains(output, "8 entries, 4 contents, 1 files\nroot "+d.verify().Root+"\n") {
		t.Errorf("exit %d: %s", code, output)
	}
	empty := newDraft(t)
	empty.sign()
	p.agree("empty", empty.pack(), empty.key.Verifier(), 0)
	many := newDraft(t)
	for range 300 {
		many.add("answer.set", map[string]string{"a": "Å\u2028\"\\"}, []byte("\u2028\x85\x1f\x7f\r\n\t\b\f\\\"/é"))
	}
	many.sign()
	p.agree("many", many.pack(), many.key.Verifier(), 0)
	turned, keys := rotated(t, false)
	p.agree("rotated", turned.packWith(keys[2].Verifier()), keys[2].Verifier(), 0)
	if _, output := p.run(turned.packWith(keys[2].Verifier()), keys[2].Verifier()); !strings.Contains(output, "not checked: 3 checkpoints, signed by earlier keys") {
		t.Errorf("rotated: %s", output)
	}
}

func TestPythonAgreesOnSpoiledBundles(t *testing.T) {
	p := findPython(t)
	d := small(t)
	v := d.key.Verifier()
	stranger := must(NewKey(d.key.Origin(), d.random))(t)
	p.agree("other key", d.pack(), stranger.Verifier(), 1)
	p.agree("no zip", []byte("no zip"), v, 2)
	p.agree("cut zip", d.pack()[:2000], v, 2)
	bundles := map[string][]byte{}
	for what, spoil := range map[string]func(d *draft){
		"tail":              func(d *draft) { d.add("x", nil, nil) },
		"no checkpoint":     func(d *draft) { d.notes = nil },
		"cut":               func(d *draft) { d.lines = d.lines[:7]; d.erase(7) },
		"erased":            func(d *draft) { d.erase(1) },
		"other content":     func(d *draft) { d.contents[0].Data = []byte("no") },
		"content of none":   func(d *draft) { d.contents = append(d.contents, Content{Seq: 9, Salt: make([]byte, 32)}) },
		"old checkpoint":    func(d *draft) { d.notes[0] = bytes.Replace(d.notes[0], []byte("\n3\n"), []byte("\n2\n"), 1) },
		"checkpoints' row":  func(d *draft) { d.notes[0], d.notes[1] = d.notes[1], d.notes[0] },
		"erases the future": func(d *draft) { d.add("erase", map[string]any{"seqs": []int64{8}}, nil); d.sign() },
		"erases nothing":    func(d *draft) { d.add("erase", nil, nil); d.sign() },
		"number": func(d *draft) {
			d.lines = append(d.lines, bytes.Replace(d.lines[7], []byte(":7,"), []byte(":9,"), 1))
			d.sign()
		},
		"time": func(d *draft) {
			d.lines = append(d.lines, bytes.Replace(d.lines[1], []byte(":1,"), []byte(":8,"), 1))
			d.sign()
		},
		"key twice": func(d *draft) {
			d.lines = append(d.lines, bytes.Replace(d.lines[7], []byte(`{"seq":7,`), []byte(`{"seq":8,"seq":8,`), 1))
			d.sign()
		},
		"unknown field": func(d *draft) {
			d.lines = append(d.lines, bytes.Replace(d.lines[7], []byte(`{"seq":7,`), []byte(`{"more":1,"seq":8,`), 1))
			d.sign()
		},
	} {
		d := small(t)
		spoil(d)
		bundles[what] = d.pack()
	}
	p.agreeOnAll(bundles, v, 1)
}

// A sample of changed bytes in every member, packed again so that no checksum of the zip file helps.
func TestPythonAgreesOnChangedBytes(t *testing.T) {
	t.Parallel()
	p := findPython(t)
	d := small(t)
	parts := d.parts()
	bundles := map[string][]byte{}
	for _, name := range proven(parts) {
		step := max(1, len(parts[name])/20)
		for i := 0; i < len(parts[name]); i += step {
			changed := maps.Clone(parts)
			changed[name] = bytes.Clone(parts[name])
			changed[name][i] ^= []byte{1, 0x20, 0x80}[len(bundles)%3]
			bundles[fmt.Sprintf("%s at %d", name, i)] = repack(t, changed)
		}
	}
	// the last character of the signature, on whose lowest bits no byte depends
	note := d.notes[2]
	at := len(note) - len("x=\n")
	for _, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") {
		changed := maps.Clone(parts)
		if changed[checkpointsName] = bytes.Clone(parts[checkpointsName]); note[at] != c {
			changed[checkpointsName][len(parts[checkpointsName])-len("x=\n")] = c
			bundles[fmt.Sprintf("signature with %c", c)] = repack(t, changed)
		}
	}
	p.agreeOnAll(bundles, d.key.Verifier(), 1)
}

func repack(t testing.TB, parts map[string][]byte) []byte {
	t.Helper()
	return zipped(t, headers(parts)...)
}

func TestPythonIsInEveryBundle(t *testing.T) {
	d := small(t)
	parts := d.parts()
	source := must(os.ReadFile(verifierName))(t)
	if !bytes.Equal(parts[verifierName], source) {
		t.Error("the bundle holds another script")
	}
	parts[verifierName] = []byte("print('all is well')")
	r := must(Verify(bundleOf(parts), d.key.Verifier()))(t)
	if !r.OK() || len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0], "is not the one of this version") {
		t.Errorf("with another script: %+v", r)
	}
	delete(parts, verifierName)
	if r := must(Verify(bundleOf(parts), d.key.Verifier()))(t); !r.OK() || len(r.Warnings) != 0 {
		t.Errorf("without a script: %+v", r)
	}
}
