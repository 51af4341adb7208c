package imagefact

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/kubeproof/kubeproof/internal/document"
)

// User is as whom an image starts.
type User struct {
	// Spec is USER as it was written, Name the part of it before the group; "" if it is not set.
	Spec, Name string
	// Numeric is true if Name is a number. UID is that number, or the one that /etc/passwd of the image
	// gives; "" if it was not seen.
	Numeric bool
	UID     string
	// Root is true if the image starts as UID 0, which it does without USER. A name that was not found
	// in /etc/passwd is not root.
	Root bool
}

// UserOf gives as whom an image of Linux starts; false if its configuration was not read.
func UserOf(fact *document.Node) (User, bool) {
	config := fact.Get("config")
	if config == nil {
		return User{}, false
	}
	u := User{Spec: config.Get("user").Text()}
	u.Name, _, _ = strings.Cut(u.Spec, ":")
	number, err := strconv.ParseInt(u.Name, 10, 64)
	switch u.Numeric = err == nil; {
	case u.Name == "":
		u.UID = "0"
	case u.Numeric:
		u.UID = strconv.FormatInt(number, 10)
	default:
		u.UID = fact.Get("user", "uid").Text()
	}
	u.Root = u.UID == "0" || !u.Numeric && (u.Name == "root" || fact.Get("user", "root").Bool())
	return u, true
}

// String tells who the user is, as in: USER "app" has UID 0.
func (u User) String() string {
	switch {
	case u.Name == "":
		return "USER is not set"
	case u.Numeric || u.Name == "root" || u.UID == "":
		return fmt.Sprintf("USER is %q", u.Spec)
	}
	return fmt.Sprintf("USER %q has UID %s", u.Spec, u.UID)
}

// Windows reports whether an image is for Windows, which has no UIDs.
func Windows(fact *document.Node) bool {
	return strings.HasPrefix(fact.Get("platform").Text(), "windows/")
}
