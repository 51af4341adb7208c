package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kubeproof/kubeproof/internal/document"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// Images picks the facts of container images out of what was scanned, for Report.Images.
func Images(subjects []*inventory.Subject) []*inventory.Subject {
	var found []*inventory.Subject
	for _, s := range subjects {
		if s.Kind == inventory.FactImage && s.APIVersion == inventory.FactVersion {
			found = append(found, s)
		}
	}
	return found
}

// imageFact reads the fact of an image. Anybody may have written it: what is missing or of a wrong
// type is not known, lists end somewhere, and no text is safe.
type imageFact struct {
	root *document.Node
	file string // in which the image, or its fact, is
}

func (r *Report) images() []imageFact {
	all := make([]imageFact, 0, len(r.Images))
	for _, s := range r.Images {
		fact := imageFact{root: s.Root}
		if s.Source != nil {
			fact.file = s.Source.File
		}
		all = append(all, fact)
	}
	return all
}

func (f imageFact) text(path ...string) string { return f.root.Get(path...).Text() }

// name is what the user called the image.
func (f imageFact) name() string { return cmp.Or(f.text("metadata", "name"), f.file, "(no name)") }

// mostAmount bounds what is added up: no image is so large, and sums of many stay within 64 bits.
const mostAmount = 1 << 50

// amount reads a size or a count; known is false if there is none.
func amount(n *document.Node) (value int, known bool) {
	if n == nil || n.Kind != document.Int || n.Int64() < 0 {
		return 0, false
	}
	return int(min(n.Int64(), mostAmount)), true
}

func (f imageFact) amount(path ...string) (value int, known bool) { return amount(f.root.Get(path...)) }

// byteSize writes a number of bytes as docker does, by thousands: 142 MB.
func byteSize(n int) string {
	if n < 1000 {
		return fmt.Sprintf("%d B", n)
	}
	value := float64(n)
	for _, unit := range []string{"kB", "MB", "GB", "TB"} {
		value /= 1000
		switch {
		case value < 9.995:
			return fmt.Sprintf("%.2f %s", value, unit)
		case value < 99.95:
			return fmt.Sprintf("%.1f %s", value, unit)
		case value < 999.5:
			return fmt.Sprintf("%.0f %s", value, unit)
		}
	}
	return number(int(value)) + " TB"
}

// shareText is a part in whole percent; what is there is never called 0 %, and 0 is "no".
func shareText(part, of int) string {
	switch {
	case part <= 0 || of <= 0:
		return "no"
	case part*200 < of: // below half a percent
		return "<1 %"
	}
	return fmt.Sprintf("%.0f %%", 100*float64(min(part, of))/float64(of))
}

// packages counts the packages by type, most first; known is false if they were not read.
func (f imageFact) packages() (byType map[string]int, total int, known bool) {
	counts := f.root.Get("packageCounts")
	if counts == nil || counts.Kind != document.Map {
		return nil, 0, false
	}
	total, byType = sums(counts)
	return byType, total, true
}

// sums reads a map of counts and adds it up; what is beyond mostTypes is "other".
func sums(counts *document.Node) (total int, byName map[string]int) {
	byName = map[string]int{}
	for _, entry := range counts.Children() {
		n, known := amount(entry)
		if !known || n == 0 {
			continue
		}
		name := headOf(entry.Key(), 60)
		if len(byName) >= mostTypes {
			name = "other"
		}
		byName[name] = min(byName[name]+n, mostAmount)
		total = min(total+n, mostAmount)
	}
	return total, byName
}

// mostTypes bounds the types of packages, the ports and the like that are listed.
const mostTypes = 20

// user says as whom the image runs, in few words and with the reason; root reports whether that
// is root, as control image-user-root judges it.
func (f imageFact) user() (short, long string, root bool) {
	spec, user := headOf(f.text("config", "user"), 200), f.root.Get("user")
	name, _, _ := strings.Cut(strings.TrimSpace(spec), ":")
	windows := strings.HasPrefix(f.text("platform"), "windows/")
	id, called := user.Get("uid").Text(), headOf(user.Get("name").Text(), 200)
	switch {
	case f.root.Get("config") == nil:
		return "user not known", "not known: the configuration was not read", false
	case windows && spec == "":
		return "user of its base", "USER is not set: as its base for Windows has it", false
	case windows:
		return spec, spec, false
	case name == "":
		root, short, long = true, "root", "root: USER is not set"
	case name == "root" || name == "0":
		root, short, long = true, "root", "root"
	case user.Get("root").Bool():
		root, short, long = true, "root", fmt.Sprintf("%s, which has UID 0: root", spec)
	case id != "" && id != name:
		return "user " + name, fmt.Sprintf("%s (UID %s)", spec, id), false
	case id == "" && user != nil:
		return "user " + name, spec + ": not in /etc/passwd", false
	case id == "" && strings.Trim(name, "0123456789") != "":
		return "user " + name, spec + ": which UID that is was not seen", false
	case called != "" && called != name:
		return "UID " + name, fmt.Sprintf("UID %s, which is %s", spec, called), false
	default:
		return "UID " + name, "UID " + spec, false
	}
	if drops := f.root.Get("drops").Children(); len(drops) > 0 {
		long += ", until " + headOf(drops[0].Text(), 40) + " drops it"
	}
	return short, long, root
}

// line sums the image up: "142 MB, 7 layers, 12 % waste, 231 packages, root".
func (f imageFact) line() string {
	var parts []string
	size, sized := f.amount("size")
	stored, isStored := f.amount("bytes")
	switch {
	case sized:
		parts = append(parts, byteSize(size))
	case isStored && stored > 0:
		parts = append(parts, byteSize(stored)+" as stored")
	}
	layers := f.root.Get("layers")
	if layers == nil {
		parts = append(parts, "layers not read")
	} else {
		parts = append(parts, count(layers.Len(), "layer"))
	}
	if waste, known := f.amount("waste"); known && sized {
		parts = append(parts, shareText(waste, size)+" waste")
	}
	if _, total, known := f.packages(); known {
		parts = append(parts, count(total, "package"))
	}
	user, _, _ := f.user()
	return strings.Join(append(parts, user), ", ")
}

// firstImages is before the first release of Docker: times of images before it are those that
// reproducible builds set.
var firstImages = time.Date(2013, 3, 1, 0, 0, 0, 0, time.UTC)

// created says when the image was made, and how long before it was looked at.
func (f imageFact) created() string {
	text := f.text("created")
	made, err := time.Parse(time.RFC3339, text)
	switch {
	case text == "":
		return "the image does not say"
	case err != nil:
		return "the image gives no time that can be read"
	case made.Before(firstImages):
		return "not known: its build sets " + made.UTC().Format(time.DateOnly)
	}
	return dated(made, f.text("observed"))
}

// dated writes a day, and how many days before a time of RFC 3339 it was, if that is one.
func dated(at time.Time, observed string) string {
	day := at.UTC().Format("2 January 2006")
	now, err := time.Parse(time.RFC3339, observed)
	switch days := int(now.Sub(at).Hours() / 24); {
	case err != nil:
		return day
	case at.After(now.Add(24 * time.Hour)):
		return day + ", after the scan"
	default:
		return day + ", " + count(max(days, 0), "day") + " before the scan"
	}
}

// listed names the texts of a list, and counts those after mostTypes.
func listed(n *document.Node) string {
	var names []string
	for _, entry := range n.Children() {
		if text := entry.Text(); text != "" {
			names = append(names, clip(safe(headOf(text, 200)), 60))
		}
	}
	if more := len(names) - mostTypes; more > 0 {
		names = append(names[:mostTypes:mostTypes], fmt.Sprintf("and %s more", number(more)))
	}
	return strings.Join(slices.Compact(names), ", ")
}

// headOf is the beginning of a text that is longer than most bytes, at the end of a character.
func headOf(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for most > 0 && text[most]&0xc0 == 0x80 {
		most--
	}
	return text[:most]
}
