package image

import (
	"slices"
	"strconv"
	"strings"
)

// mostAccounts bounds users and groups: /etc/passwd of an image has 20 to 40.
const mostAccounts = 2000

// users reads /etc/passwd with what /etc/shadow says of passwords.
func (r *reading) users() []User {
	text, _ := r.textOf("/etc/passwd")
	shadow, _ := r.textOf("/etc/shadow")
	passwords := map[string]string{}
	for _, fields := range colonLines(shadow, 2) {
		passwords[fields[0]] = fields[1]
	}
	all := []User{}
	for _, fields := range colonLines(text, 4) {
		u := User{Name: fields[0], UID: number(fields[2]), GID: number(fields[3])}
		if len(fields) >= 7 {
			u.Home, u.Shell = fields[5], fields[6]
		}
		stored, listed := fields[1], true
		if stored == "x" {
			stored, listed = passwords[u.Name]
		}
		u.Password = passwordState(stored, listed)
		all = append(all, u)
	}
	return all
}

// passwordState tells what a password field says, as crypt(5) and shadow(5) have it.
func passwordState(field string, listed bool) string {
	switch {
	case !listed:
		return "none"
	case field == "":
		return "empty"
	case field[0] == '!' || field[0] == '*' || field == "x":
		return "locked"
	}
	return "set"
}

func (r *reading) groups() []Group {
	text, _ := r.textOf("/etc/group")
	all := []Group{}
	for _, fields := range colonLines(text, 3) {
		g := Group{Name: fields[0], GID: number(fields[2])}
		if len(fields) > 3 && fields[3] != "" {
			g.Members = strings.Split(fields[3], ",")
		}
		all = append(all, g)
	}
	return all
}

// colonLines splits the lines that have at least so many fields.
func colonLines(text string, least int) (all [][]string) {
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if line == "" || line[0] == '#' || line[0] == '+' || line[0] == '-' {
			continue
		}
		if fields := strings.Split(line, ":"); len(fields) >= least && fields[0] != "" && len(all) < mostAccounts {
			all = append(all, fields)
		}
	}
	return all
}

// number reads a number as runtimes do; -1 for what is none.
func number(text string) int64 {
	value, err := strconv.Atoi(text)
	if err != nil {
		return -1
	}
	return int64(value)
}

// runUser finds the user that a container runs as, in the way of
// https://pkg.go.dev/github.com/moby/sys/user#GetExecUser: a name in /etc/passwd first, then a number.
func (r *reading) runUser() *RunUser {
	run := &RunUser{Spec: r.config.Config.User}
	user, group, hasGroup := strings.Cut(strings.TrimSpace(run.Spec), ":")
	if user == "" {
		user = "0"
	}
	id, isNumber := int64(0), false
	if parsed, err := strconv.Atoi(user); err == nil && parsed >= 0 && parsed < 1<<31 {
		id, isNumber = int64(parsed), true
	}
	at := slices.IndexFunc(r.image.Users, func(u User) bool { return u.Name == user || isNumber && u.UID == id })
	switch {
	case at >= 0:
		found := r.image.Users[at]
		run.UID, run.GID, run.Name, run.Known = new(found.UID), new(found.GID), found.Name, true
	case isNumber:
		run.UID, run.GID, run.Known = new(id), new(int64(0)), true
	}
	if hasGroup && group != "" {
		run.GID = r.groupID(group)
	}
	run.Root = run.UID != nil && *run.UID == 0 || run.UID == nil && user == "root"
	return run
}

func (r *reading) groupID(name string) *int64 {
	for _, group := range r.image.Groups {
		if group.Name == name {
			return new(group.GID)
		}
	}
	if parsed, err := strconv.Atoi(name); err == nil {
		return new(int64(parsed))
	}
	return nil
}
