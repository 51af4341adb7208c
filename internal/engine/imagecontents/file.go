package imagecontents

import (
	"fmt"
	"strings"

	"github.com/kubeproof/kubeproof/internal/assessment"
	"github.com/kubeproof/kubeproof/internal/document"
)

// setuid fails if files give their owner's or group's rights to whoever starts them, but for
// those in the parameter "accepted".
func setuid(in assessment.Input) []assessment.Verdict {
	list := in.Element.Get("setuid")
	files := paths(list, in.Values.Strings("accepted"))
	if len(files) == 0 {
		return nil
	}
	return failed(list, "%s: %s", counted(len(files), "setuid or setgid file", "setuid or setgid files"), named(files, 0))
}

// worldWritable fails if everybody in the container may change files or folders, but for those
// in the parameter "accepted".
func worldWritable(in assessment.Input) []assessment.Verdict {
	list, exempt := in.Element.Get("writable"), in.Values.Strings("accepted")
	files := paths(list, exempt)
	if len(files) == 0 {
		return nil
	}
	total := len(files)
	if total == list.Len() {
		total = max(total, number(in.Element.Get("writableCount"))) // the list is cut
	}
	return failed(list, "%s writable by everybody: %s", counted(total, "file or folder is", "files or folders are"), named(files, total))
}

// repositories fails if the image holds the folder of a version control system: all that was
// ever committed. A later layer that removes it does not take it out of the image.
func repositories(in assessment.Input) []assessment.Verdict {
	list := in.Element.Get("repositories")
	var folders []string
	for _, entry := range list.Children() {
		folder := entry.Get("path").Text()
		if entry.Get("deleted").Bool() {
			folder += fmt.Sprintf(" (removed later, but still in %s)", layerOf(entry))
		}
		folders = append(folders, folder)
	}
	if len(folders) == 0 {
		return nil
	}
	return failed(list, "%s with the history of the source: %s", counted(len(folders), "folder", "folders"), named(folders, 0))
}

// paths are the paths of entries that are not accepted. Entries may be paths themselves.
func paths(list *document.Node, exempt []string) []string {
	var all []string
	for _, entry := range list.Children() {
		file := entry.Get("path").Text()
		if entry.Kind == document.String {
			file = entry.Text()
		}
		if file != "" && !accepted(file, exempt) {
			all = append(all, file)
		}
	}
	return all
}

// entrypointOwner fails for programs that the image starts and that somebody else than root may
// change. Of what root owns and runs image-user-root speaks.
func entrypointOwner(in assessment.Input) []assessment.Verdict {
	if in.Element.Get("executables").Len() == 0 {
		return nothingStarted(in)
	}
	var verdicts []assessment.Verdict
	for _, program := range in.Element.Get("executables").Children() {
		if who := changer(program); who != "" && !program.Get("missing").Bool() {
			verdicts = append(verdicts, assessment.Failed(fmt.Sprintf("%s, which %s starts, %s", fileOf(program), origin(program), who), program))
		}
	}
	return verdicts
}

// changer tells who beside root may change a program.
func changer(program *document.Node) string {
	mode, uid := program.Get("mode").Text(), number(program.Get("uid"))
	switch {
	case program.Get("otherWritable").Bool():
		return fmt.Sprintf("can be changed by everybody (mode %s)", mode)
	case uid != 0 && program.Get("ownerWritable").Bool():
		return fmt.Sprintf("can be changed by UID %d, as which it runs (mode %s)", uid, mode)
	case program.Get("groupWritable").Bool():
		return fmt.Sprintf("can be changed by its group %d (mode %s)", number(program.Get("gid")), mode)
	case uid != 0:
		return fmt.Sprintf("belongs to UID %d, not to root", uid)
	}
	return ""
}

func fileOf(program *document.Node) string {
	for _, key := range []string{"target", "path", "word"} {
		if text := program.Get(key).Text(); text != "" {
			return text
		}
	}
	return "a program"
}

// origin names the instruction that starts a program.
func origin(program *document.Node) string {
	if program.Get("from").Text() == "cmd" {
		return "CMD"
	}
	return "ENTRYPOINT"
}

// entrypointMissing fails if the image starts what it does not hold. Judged are the first word and
// absolute paths: further words may be arguments, names of users, or what a shell knows itself.
func entrypointMissing(in assessment.Input) []assessment.Verdict {
	if in.Element.Get("executables").Len() == 0 {
		return nothingStarted(in)
	}
	first := firstWord(in.Element.Get("config"))
	var verdicts []assessment.Verdict
	for _, program := range in.Element.Get("executables").Children() {
		word := program.Get("word").Text()
		if program.Get("missing").Bool() && (word == first || strings.HasPrefix(word, "/")) {
			verdicts = append(verdicts, assessment.Failed(fmt.Sprintf("%q, which %s starts, is not in the image", word, origin(program)), program))
		}
	}
	return verdicts
}

// firstWord is the program that the image starts: words of CMD after an ENTRYPOINT are arguments.
func firstWord(config *document.Node) string {
	for _, list := range []string{"entrypoint", "cmd"} {
		if all := words(config.Get(list)); len(all) > 0 {
			return all[0]
		}
	}
	return ""
}

// nothingStarted is the verdict on an image whose programs are not told.
func nothingStarted(in assessment.Input) []assessment.Verdict {
	config := in.Element.Get("config")
	switch {
	case config == nil:
		return unknown(in.Element, "the configuration of the image was not read")
	case config.Get("entrypoint").Len()+config.Get("cmd").Len() == 0:
		return assessment.Skipped("the image names no program to start")
	}
	return unknown(config, "the programs that the image starts were not looked at")
}
