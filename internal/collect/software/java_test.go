package software

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// packed packs files as name and text in turn; those whose names begin with = are stored as they are.
func packed(files ...string) string {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for i := 0; i < len(files); i += 2 {
		method := zip.Deflate
		name, stored := strings.CutPrefix(files[i], "=")
		if stored {
			method = zip.Store
		}
		f, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: method})
		if err != nil {
			panic(err)
		}
		fmt.Fprint(f, files[i+1])
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return out.String()
}

const (
	pomProperties = "META-INF/maven/org.x/a/pom.properties"
	mavenA        = "#Created by Maven\ngroupId=org.x\nartifactId=a\nversion=1.2\n"
	manifestFile  = "META-INF/MANIFEST.MF"
)

func TestArchive(t *testing.T) {
	inner := packed(pomProperties, mavenA)
	runTable(t, []table{
		{"pom.properties", "app/a.jar", packed(manifestFile, "Implementation-Version: 9\n", pomProperties, mavenA), []string{"maven org.x:a 1.2"}, nil},
		{"file name and vendor", "opt/commons-io-2.11.0.jar", packed(manifestFile, "Manifest-Version: 1.0\r\nBundle-SymbolicName: org.apache.com\r\n mons.commons-io;singleton:=true\r\nBundle-License: Apache-2.0\r\n\r\nName: x\r\n"),
			[]string{"maven org.apache.commons:commons-io 2.11.0 (Apache-2.0)"}, nil},
		{"version of the manifest", "opt/tool.jar", packed(manifestFile, "Implementation-Version: 3.1\nImplementation-Vendor-Id: org.tool\n"), []string{"maven org.tool:tool 3.1"}, nil},
		{"shaded", "opt/x-1.0.jar", packed(pomProperties, mavenA, "META-INF/maven/o/b/pom.properties", strings.ReplaceAll(mavenA, "=a", "=b")),
			[]string{"maven org.x:a 1.2", "maven org.x:b 1.2"}, nil},
		{"nested and stored", "app.jar", packed("=BOOT-INF/lib/a-1.2.jar", inner), []string{"maven org.x:a 1.2"}, nil},
		{"nested and packed", "app.war", packed("WEB-INF/lib/a-1.2.jar", inner, "WEB-INF/classes/x.class", "x"), []string{"maven org.x:a 1.2"}, nil},
		{"deep", "app.ear", packed("1.war", packed("=2.jar", packed("3.jar", packed("4.jar", inner)))), nil,
			[]string{"app.ear: !/1.war!/2.jar!/3.jar: 4.jar is nested more than 4 deep: it was not read"}},
		{"nothing to tell", "x.jar", packed("a.class", "x"), nil, nil},
		{"no archive", "x.jar", "text", nil, []string{"x.jar: is no archive of Java: zip: not a valid zip file: it was not read"}},
		{"%d", "%d.jar", packed("=%s.jar", "text"), nil, []string{"%d.jar: !/%s.jar: is no archive of Java: zip: not a valid zip file: it was not read"}},
	})
}

func TestArchivePath(t *testing.T) {
	packages, _ := gather(t, NewReader(DefaultLimits), file{"app.jar", 2, packed("=lib/a.jar", packed(pomProperties, mavenA))})
	if len(packages) != 1 || packages[0].Path != "app.jar!/lib/a.jar" || packages[0].Layer != 2 {
		t.Errorf("packages %+v", packages)
	}
}

func TestArchiveBombs(t *testing.T) {
	limits := DefaultLimits
	limits.Unpacked = 1 << 20
	zeros := strings.Repeat("\x00", 2<<20)
	half := packed("=a", strings.Repeat("\x00", 600<<10))
	tests := []struct{ name, text, fault string }{
		{"manifest", packed(manifestFile, zeros), "x.jar: META-INF/MANIFEST.MF unpacks to more than 1048576 bytes: it was not read"},
		{"nested", packed("a.jar", zeros), "x.jar: a.jar unpacks to more than 1048576 bytes: it was not read"},
		{"together", packed("a.jar", half, "b.jar", half), "x.jar: b.jar unpacks to more than 434060 bytes: it was not read"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, faults := gather(t, NewReader(limits), file{"x.jar", 0, test.text})
			if len(faults) != 1 || faults[0].Error() != test.fault {
				t.Errorf("faults %v, want %q", faults, test.fault)
			}
		})
	}
}

// TestArchiveLies lets an entry say that it is shorter than it is.
func TestArchiveLies(t *testing.T) {
	text := []byte(packed(pomProperties, mavenA+strings.Repeat("#\n", 1000)))
	directory := bytes.LastIndex(text, []byte("PK\x01\x02"))
	copy(text[directory+24:], "\x05\x00\x00\x00")
	packages, faults := gather(t, NewReader(DefaultLimits), file{"x.jar", 0, string(text)})
	if len(packages) > 0 || len(faults) != 1 {
		t.Errorf("packages %v, faults %v", packages, faults)
	}
}

func TestArchiveManyFiles(t *testing.T) {
	var files []string
	for i := range 450 {
		files = append(files, fmt.Sprintf("=%060000d", i), "")
	}
	_, faults := gather(t, NewReader(DefaultLimits), file{"x.jar", 0, packed(files...)})
	if len(faults) != 1 || faults[0].Error() != "x.jar: is no archive of Java: its list of files is longer than 24 MiB: it was not read" {
		t.Errorf("faults %v", faults)
	}
}

func FuzzArchive(f *testing.F) {
	f.Add(packed(pomProperties, mavenA))
	f.Add(packed("=a.jar", packed(manifestFile, "Implementation-Version: 3.1\n")))
	fuzzFormat(f, "x-1.jar")
}
