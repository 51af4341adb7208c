package document

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"time"
)

func TestMeasureD1(t *testing.T) {
	if os.Getenv("D1") == "" {
		t.Skip()
	}
	bomb := func(levels, width int) string {
		var b strings.Builder
		b.WriteString("apiVersion: v1\nkind: ConfigMap\na0: &a0 [x,x,x,x,x,x,x,x,x]\n")
		for i := 1; i <= levels; i++ {
			fmt.Fprintf(&b, "a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d,", i-1), width), ","))
		}
		return b.String()
	}
	block := func(n int) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(strings.Repeat(" ", i) + "a:\n")
		}
		return b.String()
	}
	cases := map[string]func() string{
		"01 alias bomb 9^9":      func() string { return bomb(9, 9) },
		"02 map bomb merge":     func() string { var b strings.Builder; b.WriteString("a0: &a0 {x: 1}\n"); for i := 1; i < 30; i++ { fmt.Fprintf(&b, "a%d: &a%d {<<: [*a%d, *a%d], k%d: 1}\n", i, i, i-1, i-1, i) }; return b.String() },
		"03 self alias":         func() string { return "a: &a [*a]\n" },
		"04 flow 10000":         func() string { return strings.Repeat("[", 10000) + strings.Repeat("]", 10000) },
		"05 flow 20000":         func() string { return strings.Repeat("[", 20000) + strings.Repeat("]", 20000) },
		"06 flow maps 10000":    func() string { return strings.Repeat("{a: ", 10000) + strings.Repeat("}", 10000) },
		"07 flow json 20000":    func() string { return strings.Repeat("{\"a\":", 20000) + "1" + strings.Repeat("}", 20000) },
		"08 block dashes 10000": func() string { return strings.Repeat("- ", 10000) + "a\n" },
		"09 block dashes 20000": func() string { return strings.Repeat("- ", 20000) + "a\n" },
		"10 block maps 5000 (12MB)":  func() string { return block(5000) },
		"11 block maps 20000 (200MB)":  func() string { return block(20000) },
		"12 unclosed flow 100000": func() string { return strings.Repeat("[", 100000) },
		"13 unclosed flow 10M":  func() string { return strings.Repeat("[", 10<<20) },
		"14 100k docs":          func() string { return strings.Repeat("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n---\n", 100000) },
		"15 1M empty docs":      func() string { return strings.Repeat("---\n", 1000000) },
		"16 1M small docs":      func() string { return strings.Repeat("---\na: 1\n", 1000000) },
		"17 1M docs by ...":      func() string { return strings.Repeat("a: 1\n...\n", 1000000) },
		"18 16MB string":        func() string { return "a: \"" + strings.Repeat("x", 15<<20) + "\"\n" },
		"19 15MB unquoted word": func() string { return strings.Repeat("x", 15<<20) },
		"20 2M keys":            func() string { var b strings.Builder; for i := range 1500000 { fmt.Fprintf(&b, "k%d: \n", i) }; return b.String() },
		"21 comments 15MB":      func() string { return strings.Repeat("# c\n", 3500000) + "a: 1\n" },
		"22 comments inside":    func() string { return "a:\n" + strings.Repeat("  # c\n  - x # y\n", 500000) },
		"23 list 4M commas":     func() string { return "[" + strings.Repeat("a,", 1900000) + "]" },
		"24 list 7M commas":     func() string { return "[" + strings.Repeat("a,", 7000000) + "]" },
		"25 7M dashes":     func() string { return strings.Repeat("-\n", 7000000) },
		"26 percent lines":     func() string { return strings.Repeat("%a\n", 5000000) },
		"27 many anchors":     func() string { return strings.Repeat("- &a b\n", 2000000) },
		"28 ? keys":     func() string { return strings.Repeat("? ", 9000) +"a\n"},
		"29 dup keys":     func() string { return strings.Repeat("a: 1\n", 1900000) },
		"30 many simple keys flow":     func() string { return "{" +strings.Repeat("a: 1, ", 900000) + "}" },
		"31 many tabs":     func() string { return strings.Repeat("\t", 15<<20) },
		"32 ----":     func() string { return strings.Repeat("--- a\n", 2500000) },
		"33 json dup":     func() string { return "{" + strings.Repeat("\"a\":1,", 900000) + "\"b\":2}" },
		"34 json broken late":     func() string { return "{" + strings.Repeat("\"a\":1,", 900000) + "\"b\":2" },
		"35 block comments deep":  func() string { var b strings.Builder; for i := range 490 { b.WriteString(strings.Repeat(" ", i) + "a: # x\n" + strings.Repeat(" ", i) + " # y\n") }; return b.String() },
		"36 CR only 5M lines":  func() string { return strings.Repeat("a: 1\r", 100000) },
		"37 64MB spaces": func() string { return strings.Repeat(" ", 63<<20) },
		"38 64MB doc of newlines": func() string { return strings.Repeat("\n", 63<<20) },
	}
	only := os.Getenv("D1")
	names := []string{}
	for n := range cases {
		names = append(names, n)
	}
	for i := range names {
		for j := i + 1; j < len(names); j++ {
			if names[j] < names[i] {
				names[i], names[j] = names[j], names[i]
			}
		}
	}
	for _, name := range names {
		if only != "all" && !strings.HasPrefix(name, only) {
			continue
		}
		text := []byte(cases[name]())
		runtime.GC()
		debug.FreeOSMemory()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		stop := make(chan bool)
		peak := make(chan uint64)
		go func() {
			var most uint64
			for {
				select {
				case <-stop:
					peak <- most
					return
				case <-time.After(20 * time.Millisecond):
					var m runtime.MemStats
					runtime.ReadMemStats(&m)
					most = max(most, m.HeapInuse)
				}
			}
		}()
		start := time.Now()
		docs, problems := Read(text, DefaultLimits)
		took := time.Since(start)
		runtime.ReadMemStats(&after)
		stop <- true
		most := max(<-peak, after.HeapInuse)
		msg := ""
		if len(problems) > 0 {
			msg = fmt.Sprintf("%d:%d %.90s", problems[0].Line, problems[0].Column, problems[0].Message)
		}
		fmt.Printf("%-30s %8.1f KB %8.0f ms peak %5d MB docs %d problems %d %s\n", name, float64(len(text))/1024, float64(took.Microseconds())/1000, (most-before.HeapInuse)>>20, len(docs), len(problems), msg)
		_ = bytes.Count
	}
}
