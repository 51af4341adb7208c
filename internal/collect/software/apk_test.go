package software

import "testing"

func TestAPK(t *testing.T) {
	runTable(t, []table{
		{"two", "lib/apk/db/installed", `C:Q1+kNuUf0yhyfRVu+sYdhJFNGrYjI=
P:libssl3
V:3.1.4-r5
A:x86_64
S:245
T:SSL shared libraries
L:Apache-2.0 AND MIT
o:openssl
D:so:libc.musl-x86_64.so.1
F:lib
R:libssl.so.3
a:0:0:755
Z:Q1+l60ubqGqb2Ok4ScvUVMEVu4xYI=

P:musl
V:1.2.4_git20230717-r4
A:x86_64
L:
o:musl

`, []string{"apk libssl3 3.1.4-r5 from openssl  x86_64 (Apache-2.0 AND MIT)", "apk musl 1.2.4_git20230717-r4 x86_64"}, nil},
		{"no empty line at the end", "usr/lib/apk/db/installed", "P:a\nV:1", []string{"apk a 1"}, nil},
		{"broken", "lib/apk/db/installed", "P:a\nnonsense\n\n\n\nP:b\nV:2\n", []string{"apk b 2"},
			[]string{"lib/apk/db/installed:2: no field of a package: it was passed over",
				"lib/apk/db/installed:2: the package that ends here has no name or no version: it was left out"}},
	})
}

func FuzzAPK(f *testing.F) {
	f.Add("P:a\nV:1\nL:MIT\n\n")
	f.Add("P\n\n:\n")
	fuzzFormat(f, "lib/apk/db/installed")
}
