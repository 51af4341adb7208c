package sbom

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"slices"
	"strings"
)

// licenseIDs are the identifiers of SPDX (https://spdx.org/licenses/) that packages use most, sorted.
// Another text is written as a name, which every reader takes.
var licenseIDs = strings.Fields(`
0BSD AFL-2.1 AFL-3.0 AGPL-3.0 AGPL-3.0-only AGPL-3.0-or-later Apache-1.1 Apache-2.0 Artistic-1.0 Artistic-1.0-Perl Artistic-2.0
BSD-1-Clause BSD-2-Clause BSD-2-Clause-Patent BSD-3-Clause BSD-4-Clause BSL-1.0 BlueOak-1.0.0
CC-BY-3.0 CC-BY-4.0 CC-BY-SA-4.0 CC0-1.0 CDDL-1.0 CDDL-1.1 CPL-1.0 EPL-1.0 EPL-2.0 EUPL-1.2
FTL GFDL-1.3-or-later GPL-1.0-or-later GPL-2.0 GPL-2.0+ GPL-2.0-only GPL-2.0-or-later GPL-3.0 GPL-3.0+ GPL-3.0-only GPL-3.0-or-later
HPND ICU IJG ISC LGPL-2.0 LGPL-2.0+ LGPL-2.0-only LGPL-2.0-or-later LGPL-2.1 LGPL-2.1+ LGPL-2.1-only LGPL-2.1-or-later LGPL-3.0 LGPL-3.0+ LGPL-3.0-only LGPL-3.0-or-later
Libpng MIT MIT-0 MPL-1.1 MPL-2.0 MS-PL NCSA OFL-1.1 OLDAP-2.8 OpenSSL PHP-3.0 PHP-3.01 PSF-2.0 PostgreSQL Python-2.0
Ruby SSPL-1.0 Sleepycat TCL Unicode-DFS-2016 Unlicense Vim W3C WTFPL X11 Zlib ZPL-2.1 bzip2-1.0.6 curl zlib-acknowledgement`)

// licenseExceptions may stand behind WITH.
var licenseExceptions = []string{"Classpath-exception-2.0", "GCC-exception-2.0", "GCC-exception-3.1", "LLVM-exception",
	"Autoconf-exception-3.0", "Bison-exception-2.2", "Linux-syscall-note", "Font-exception-2.0", "Libtool-exception"}

func isLicenseID(text string) bool { return slices.Contains(licenseIDs, text) }

// isExpression reports whether a text is an expression of known identifiers: words that AND and OR join,
// WITH an exception, between brackets that match.
func isExpression(text string) bool {
	words := strings.Fields(strings.NewReplacer("(", " ( ", ")", " ) ").Replace(text))
	depth, operand := 0, true // operand: a license must come next
	for i, word := range words {
		switch {
		case word == "(" && operand:
			depth++
		case word == ")" && !operand && depth > 0:
			depth--
		case (word == "AND" || word == "OR") && !operand:
			operand = true
		case word == "WITH" && !operand && i > 0 && isLicenseID(words[i-1]):
		case i > 0 && words[i-1] == "WITH" && slices.Contains(licenseExceptions, word):
		case operand && isLicenseID(word):
			operand = false
		default:
			return false
		}
	}
	return !operand && depth == 0 && words[len(words)-1] != "WITH"
}

var notInReference = regexp.MustCompile(`[^A-Za-z0-9.-]+`)

// spdxLicense writes licences as one expression; those that have no identifier of SPDX become references,
// which named gathers with their text.
func spdxLicense(given []string, named map[string]string) string {
	if len(given) == 0 {
		return "NOASSERTION"
	}
	var parts []string
	for _, one := range given {
		part := one
		switch {
		case isLicenseID(one):
		case isExpression(one):
			if len(given) > 1 {
				part = "(" + one + ")"
			}
		default:
			part = licenseReference(one)
			named[part] = one
		}
		if !slices.Contains(parts, part) {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, " AND ")
}

// licenseReference names a licence by what can be read of its name, and a hash so that two never
// have one name.
func licenseReference(name string) string {
	sum := sha256.Sum256([]byte(name))
	readable := strings.Trim(notInReference.ReplaceAllString(name, "-"), "-")
	if len(readable) > 40 {
		readable = strings.Trim(readable[:40], "-")
	}
	return "LicenseRef-" + strings.TrimPrefix(readable+"-"+hex.EncodeToString(sum[:4]), "-")
}
