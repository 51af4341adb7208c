package buildcontext

import (
	"fmt"
	"testing"
)

// thirty patterns as people write them.
const thirty = ".git\n.github\n**/node_modules\n**/.env*\n!**/.env.example\n*.md\n!README.md\ndocs\n**/*.log\n**/__pycache__\n*.pyc\ndist\nbuild/**\n" +
	"coverage\n.idea\n.vscode\n**/.DS_Store\n*.swp\ntmp\n**/test/fixtures\nDockerfile*\ndocker-compose*.yml\n.dockerignore\n**/*.test.js\n" +
	"terraform\n**/.terraform\n*.pem\n*.key\nsecrets\n**/target/debug\n"

// context makes n files on disk, of which a tenth is left out.
func context(b *testing.B, n int) *Root {
	folder, root := disk(b)
	for i := range n {
		name := fmt.Sprintf("src%d/pkg%d/file%d.go", i/5000, i/100%50, i)
		if i%10 == 0 {
			name = fmt.Sprintf("src%d/pkg%d/node_modules/m%d.js", i/5000, i/100%50, i)
		}
		write(b, folder, name, "x")
	}
	write(b, folder, ".dockerignore", thirty)
	return root
}

func BenchmarkWalk(b *testing.B) {
	for _, n := range []int{5_000, 50_000} {
		root := context(b, n)
		b.Run(fmt.Sprint(n, " files"), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if c := Open(root.files, ".", "Dockerfile"); c.Sent().Files < n/2 {
					b.Fatal("the context is not whole")
				}
			}
		})
	}
}

func BenchmarkTake(b *testing.B) {
	for _, n := range []int{5_000, 50_000} {
		c := context(b, n).Open(".", "Dockerfile")
		c.Sent()
		for name, source := range map[string]string{"all": ".", "wildcard": "*/*/*1.go"} {
			b.Run(fmt.Sprint(name, " of ", n), func(b *testing.B) {
				for b.Loop() {
					if taken := c.Take([]string{source}, nil, false); taken.Files < n/20 {
						b.Fatal("too little is taken")
					}
				}
			})
		}
	}
}

func BenchmarkSensitive(b *testing.B) {
	sent := context(b, 50_000).Open(".", "Dockerfile").Sent()
	for b.Loop() {
		sent.Sensitive()
	}
}

func BenchmarkCostlyList(b *testing.B) {
	list := ""
	for range 20 {
		list += "**/*a*a*a*a*a*a*a*a*b\n"
	}
	tree := files(".dockerignore=" + list)
	for i := range 2000 {
		tree[fmt.Sprintf("%0200d/%0200d", i/40, i)] = tree[".dockerignore"]
	}
	for b.Loop() {
		Open(tree, ".", "").Sent()
	}
}
