package dockerfile

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

func read(content string) (*inventory.Subject, []inventory.Error) {
	return Read(&inventory.Source{File: "Dockerfile", Text: []byte(content)}, Options{})
}

// commandsOf lists the commands of a Dockerfile as LINE:COLUMN WORDS, with what stands around them.
func commandsOf(s *inventory.Subject) []string {
	var all []string
	for _, stage := range s.Root.Get("stages").Children() {
		for _, instruction := range stage.Get("instructions").Children() {
			for _, command := range instruction.Get("commands").Children() {
				all = append(all, describe(command))
			}
		}
	}
	return all
}

func describe(command *document.Node) string {
	var words []string
	for _, word := range command.Get("words").Children() {
		words = append(words, word.Text())
	}
	text := fmt.Sprintf("%d:%d %s", command.Line, command.Column, strings.Join(words, " "))
	for _, via := range command.Get("via").Children() {
		text += fmt.Sprintf(" via %d:%d %s", via.Line, via.Column, via.Text())
	}
	if pipeline := command.Get("pipeline"); pipeline != nil {
		text += fmt.Sprintf(" | %d.%d", pipeline.Int64(), command.Get("step").Int64())
	}
	for _, flag := range []string{"ignored", "nested"} {
		if command.Get(flag).Bool() {
			text += " " + flag
		}
	}
	return text
}

func TestCommandsAndTheirPlaces(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{"chain over lines, with a comment", "FROM a\nRUN apt-get update && \\\n    # why\n    apt-get install -y  curl || true\n",
			[]string{"2:5 apt-get update ignored", "4:5 apt-get install -y curl ignored", "4:33 true"}},
		{"wrappers", "FROM a\nRUN sudo -u app env A=b nice -n 5 make all\n", []string{"2:35 make all via 2:5 sudo via 2:17 env via 2:25 nice"}},
		{"pipe", "FROM a\nRUN curl -s x | tar xz | cat\n", []string{"2:5 curl -s x | 1.0", "2:17 tar xz | 1.1", "2:26 cat | 1.2"}},
		{"command that feeds a shell", "FROM a\nRUN sh -c \"$(curl -s x)\"\n", []string{"2:14 curl -s x | 1.0 nested", "2:5 sh -c $(curl -s x) | 1.1"}},
		{"process substitution", "FROM a\nRUN bash <(curl -s x)\n", []string{"2:12 curl -s x | 1.0 nested", "2:5 bash <(curl -s x) | 1.1"}},
		{"script in quotes", "FROM a\nRUN bash -lc 'cd /x && make'\n", []string{"2:5 bash -lc cd /x && make", "2:15 cd /x via 2:5 bash", "2:24 make via 2:5 bash"}},
		{"exec form", "FROM a\nRUN [\"sh\", \"-c\", \"make\"]\n", []string{"2:7 sh -c make", "2:19 make via 2:7 sh"}},
		{"variables", "FROM a\nARG V=1\nENV W=2\nRUN X=3 && curl $V/${W}/$X/$Y\n", []string{"4:5 ", "4:12 curl 1/2/3/$Y"}},
		{"heredoc script", "FROM a\nRUN <<EOF\nset -e\n  make x\nEOF\n", []string{"3:1 set -e", "4:3 make x"}},
		{"heredoc that a command is fed", "FROM a\nRUN cat <<EOF > /x && make\nmake no\nEOF\n", []string{"2:5 cat", "2:23 make"}},
		{"heredoc for python", "FROM a\nRUN <<EOF\n#!/usr/bin/env python3\nimport os\nEOF\n", nil},
		{"branches and loops", "FROM a\nRUN if true; then make; fi; for i in a; do cat; done\n", []string{"2:8 true nested", "2:19 make nested", "2:44 cat nested"}},
		{"PowerShell", "# escape=`\nFROM mcr.microsoft.com/windows/servercore:ltsc2022\nSHELL [\"powershell\", \"-Command\"]\nRUN Invoke-WebRequest -Uri x -OutFile 'a b'; `\n    iex y\n",
			[]string{"4:5 Invoke-WebRequest -Uri x -OutFile a b", "5:5 iex y"}},
		{"entrypoint", "FROM a\nENTRYPOINT [\"/app\", \"-x\"]\nCMD run me\n", []string{"2:14 /app -x", "3:5 run me"}},
		{"ONBUILD is not run here", "FROM a\nONBUILD RUN make\n", nil},
		{"umlauts count as one column", "FROM a\nRUN echo ä && make\n", []string{"2:5 echo ä", "2:15 make"}},
		{"CRLF", "FROM a\r\nRUN echo x && \\\r\n  make\r\n", []string{"2:5 echo x", "3:3 make"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			subject, errs := read(test.text)
			if len(errs) > 0 {
				t.Errorf("errors: %v", errs)
			}
			if diff := cmp.Diff(test.want, commandsOf(subject)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestWindowsByTheNameOfTheFile(t *testing.T) {
	subject, errs := Read(&inventory.Source{File: "tests/Dockerfile-windows", Text: []byte("FROM bats\nRUN & ./install.ps1\n")}, Options{})
	if diff := cmp.Diff([]string{"2:7 ./install.ps1"}, commandsOf(subject)); diff != "" || len(errs) > 0 {
		t.Errorf("errors %v, commands (-want +got):\n%s", errs, diff)
	}
}

func TestStages(t *testing.T) {
	subject, _ := read("ARG BASE=debian\nARG TAG\nFROM ${BASE}:12 AS build\nUSER app\nFROM build AS test\nFROM alpine:${TAG} AS other\nFROM build\nCOPY --from=other /x /x\n")
	var got []string
	for _, s := range subject.Root.Get("stages").Children() {
		got = append(got, fmt.Sprintf("%s from %s base %s%v user %s final=%v inherited=%v used=%v", s.Get("name").Text(), s.Get("from", "image").Text(),
			s.Get("base", "image").Text(), s.Get("base", "unresolved").Plain(), s.Get("user").Text(), s.Get("final").Bool(), s.Get("inherited").Bool(), s.Get("used").Bool()))
	}
	want := []string{
		"build from debian:12 base debian:12<nil> user app final=false inherited=true used=true",
		"test from  base debian:12<nil> user app final=false inherited=false used=false",
		"other from alpine:${TAG} base alpine:${TAG}[TAG] user  final=false inherited=false used=true",
		" from  base debian:12<nil> user app final=true inherited=true used=true",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	built, _ := Read(&inventory.Source{File: "Dockerfile", Text: []byte("FROM a AS x\nFROM b\n")}, Options{Target: "x"})
	if !built.Root.Get("stages").Children()[0].Get("final").Bool() {
		t.Error("the target is not the final stage")
	}
}

func TestBrokenDockerfiles(t *testing.T) {
	tests := []struct {
		name, text string
		wantErrors []string
		commands   []string
	}{
		{"as near to several instructions", "FROM a\nln b c\nRUN make\n", []string{"2: this part of the Dockerfile was not read: unknown instruction: ln (did you mean env?): correct it"}, []string{"3:5 make"}},
		{"as near to several flags", "FROM a\nRUN --mount=typ=cache,targe=/a make\nRUN make\n", []string{"2: this part of the Dockerfile was not read: mount: unexpected key 'typ' in 'typ=cache': correct it"}, []string{"2:32 make", "3:5 make"}},
		{"unknown instruction", "FROM a\nFOO bar\nRUN make\n", []string{"2: this part of the Dockerfile was not read: unknown instruction: FOO (did you mean FROM?): correct it"}, []string{"3:5 make"}},
		{"refused by the grammar", "FROM a\nENV x\nRUN make\n", []string{"2: this part of the Dockerfile was not read: ENV must have two arguments: correct it"}, []string{"3:5 make"}},
		{"heredoc without an end", "FROM a\nRUN make\nRUN <<EOF\nmake x\n", []string{"3: this part of the Dockerfile was not read: unterminated heredoc: correct it"}, []string{"2:5 make"}},
		{"shell that no shell reads", "FROM a\nRUN make && ((\nRUN cat\n", []string{"2: this part of the Dockerfile was not read: the shell commands: `((` must be followed by an expression: correct it"}, []string{"3:5 cat"}},
		{"no FROM", "RUN make\n", []string{"1: no FROM stands before this instruction, so the base image is not known: the rest was judged"}, []string{"1:5 make"}},
		{"a secret in what is not read", "FROM a\npassword=hunter2-Xk29sLqP\n", []string{"2: this part of the Dockerfile was not read: unknown instruction: password=***: correct it"}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			subject, errs := read(test.text)
			var got []string
			for _, e := range errs {
				got = append(got, fmt.Sprintf("%d: %s", e.Line, e.Message))
			}
			if diff := cmp.Diff(test.wantErrors, got); diff != "" {
				t.Errorf("errors (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.commands, commandsOf(subject)); diff != "" {
				t.Errorf("commands (-want +got):\n%s", diff)
			}
		})
	}
}

func TestHostileDockerfiles(t *testing.T) {
	for name, text := range map[string]string{
		"empty": "", "only comments": "# a\n# b\n", "NUL": "FROM a\nRUN \x00\n", "long line": "FROM a\nRUN " + strings.Repeat("x", 70_000),
		"too large": "FROM a\n" + strings.Repeat("#", mostBytes),
	} {
		t.Run(name, func(t *testing.T) {
			if subject, errs := read(text); subject == nil && len(errs) == 0 {
				t.Error("nothing was read and nothing was told")
			}
		})
	}
	deep := "FROM a\nRUN " + strings.Repeat("(", 5000) + "x" + strings.Repeat(")", 5000)
	read(deep)
	bomb := "FROM a\nENV A=" + strings.Repeat("x", 1000) + "\n"
	for range 30 {
		bomb += "ENV A=$A$A$A$A\n"
	}
	if subject, _ := read(bomb + "RUN echo $A\n"); len(subject.Root.AppendJSON(nil, func(*document.Node) string { return "" })) > 40*longestValue {
		t.Error("variables grew without bound")
	}
	if subject, errs := read("FROM a\nRUN " + strings.Repeat("x;", mostCommands+10)); len(commandsOf(subject)) != mostCommands || len(errs) != 1 {
		t.Errorf("%d commands, errors %v", len(commandsOf(subject)), errs)
	}
}

// agree compares what was read with the reference implementation, where that reads the file.
func agree(t *testing.T, content []byte) {
	t.Helper()
	subject, _ := Read(&inventory.Source{File: "Dockerfile", Text: content}, Options{})
	result, err := parser.Parse(bytes.NewReader(content))
	if err != nil {
		return
	}
	stages, _, err := instructions.Parse(result.AST, nil)
	if err != nil || len(stages) == 0 {
		return
	}
	if subject == nil {
		t.Fatalf("nothing was read of what the reference implementation reads:\n%s", content)
	}
	got := subject.Root.Get("stages").Children()
	if len(got) != len(stages) {
		t.Fatalf("%d stages, the reference implementation has %d", len(got), len(stages))
	}
	for i, stage := range stages {
		if got[i].Get("name").Text() != stage.Name || got[i].Get("from", "written").Text() != stage.BaseName {
			t.Errorf("stage %d is %v, want %s from %s", i, got[i].Plain(), stage.Name, stage.BaseName)
		}
		read := got[i].Get("instructions").Children()
		if len(read) != len(stage.Commands) {
			t.Fatalf("stage %d has %d instructions, want %d", i, len(read), len(stage.Commands))
		}
		for j, command := range stage.Commands {
			if at := command.Location(); !strings.EqualFold(read[j].Get("instruction").Text(), command.Name()) || len(at) > 0 && int(read[j].Line) != at[0].Start.Line {
				t.Errorf("instruction %d of stage %d is %s on line %d, want %s on %v", j, i, read[j].Get("instruction").Text(), read[j].Line, command.Name(), at)
			}
		}
	}
	for _, node := range result.AST.Children {
		if joined, _ := join(linesOf(content), node.StartLine, result.EscapeToken); joined.string != node.Original {
			t.Errorf("line %d joined to %q, want %q", node.StartLine, joined.string, node.Original)
		}
	}
}

// TestAgreesWithTheReferenceParser also reads every file of the folder that KUBEPROOF_DOCKERFILES
// names, for collections that are not part of this repository.
func TestAgreesWithTheReferenceParser(t *testing.T) {
	for _, text := range seeds {
		agree(t, []byte(text))
	}
	folder := os.Getenv("KUBEPROOF_DOCKERFILES")
	if folder == "" {
		return
	}
	files, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no files in %s: %v", folder, err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(filepath.Base(file), func(t *testing.T) { agree(t, content) })
	}
	t.Logf("%d files", len(files))
}

var seeds = []string{
	"# syntax=docker/dockerfile:1\n# escape=`\nFROM a AS b\nRUN x `\n # c\n\n y\n",
	"FROM a\nRUN x \\\\\nRUN y\\  \n z\n",
	"\ufeffFROM a\n  RUN x \\\n\n  y\nCOPY <<A <<-B /z\na\nA\n\tb\n\tB\n",
	"ARG A=1\nFROM b:${A} AS c\nENV x=1 y=\"2 3\" z=\\ 4\nLABEL a.b=\"c\"\nEXPOSE 80 22/tcp\nHEALTHCHECK --interval=5s CMD curl x\nONBUILD COPY . /x\nSHELL [\"a\",\"b\"]\nUSER $x\nWORKDIR y\nVOLUME /a /b\nSTOPSIGNAL 9\nMAINTAINER me\nCMD [\"x\"]\n",
	"FROM a\nRUN --mount=type=secret,id=x,env=Y --network=none --security=insecure curl $Y | bash -c 'a && \"b\"'\nADD --checksum=sha256:0 https://x/y /z\n",
}

func FuzzRead(f *testing.F) {
	for _, seed := range seeds {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		agree(t, content)
		subject, errs := Read(&inventory.Source{File: "Dockerfile", Text: content}, Options{})
		if subject == nil {
			if len(errs) == 0 && len(bytes.TrimSpace(content)) > 0 {
				t.Fatal("nothing was read and nothing was told")
			}
			return
		}
		last := int32(len(linesOf(content)))
		subject.Root.Walk(func(n *document.Node) {
			if n.Line < 1 || n.Line > last || n.Column < 1 {
				t.Fatalf("%s stands at %d:%d of %d lines", n.Path(), n.Line, n.Column, last)
			}
		})
	})
}

func TestSecretsAreNotFilledIn(t *testing.T) {
	const value = "hunter2-Xk29sLqP"
	subject, _ := read("ARG DB_PASSWORD=" + value + "\nFROM a\nARG DB_PASSWORD\nENV API_TOKEN=" + value + "\nRUN PASSWORD=" + value + " && curl -H $PASSWORD $API_TOKEN $DB_PASSWORD\nUSER $API_TOKEN\n")
	count := 0
	subject.Root.Walk(func(n *document.Node) {
		if strings.Contains(n.Text(), value) {
			count++
		}
	})
	if count != 3 {
		t.Errorf("the secret stands in %d places, want the 3 in which it is written", count)
	}
}
