package download

import (
	"strings"

	"github.com/kubeproof/kubeproof/internal/engine/dockerfile"
)

// webRequests are what fetches in PowerShell.
var webRequests = set("invoke-webrequest iwr wget curl start-bitstransfer invoke-restmethod irm")

// windows reads a command of PowerShell, or one that cmd hands to it.
func windows(i *dockerfile.Instruction, index int, words []token) *request {
	if len(words) == 0 {
		return nil
	}
	if name := i.Commands[index].Name; name == "powershell" || name == "pwsh" {
		words = split(words[1:])
	}
	for at, word := range words {
		name := strings.ToLower(strings.TrimSuffix(word.text, ".exe"))
		switch {
		case webRequests[name]:
			return webRequest(words[at+1:])
		case strings.Contains(name, "downloadfile"), strings.Contains(name, "downloadstring"), strings.Contains(name, "downloaddata"):
			return client(i, index, words)
		}
	}
	return nil
}

// split parts words that are whole commands in quotes.
func split(words []token) []token {
	var all []token
	for _, word := range words {
		for _, part := range strings.FieldsFunc(word.text, func(r rune) bool { return strings.ContainsRune(" \t;(){}|'\"", r) }) {
			all = append(all, token{part, word.node})
		}
	}
	return all
}

func webRequest(words []token) *request {
	r := &request{}
	for i := 0; i < len(words); i++ {
		name, _, _ := strings.Cut(strings.ToLower(words[i].text), ":")
		switch {
		case name == "-outfile", name == "-destination", name == "-o":
			if i++; i < len(words) {
				r.files = append(r.files, words[i].text)
			}
		case name == "-uri", name == "-source", strings.HasPrefix(name, "-use"), strings.HasPrefix(name, "-l"):
		case name == "-skipcertificatecheck":
			r.insecure = words[i].node
		case isWeb(words[i].text):
			r.addresses = append(r.addresses, words[i])
		}
	}
	return r
}

// client reads (New-Object Net.WebClient).DownloadFile('address', 'file'), whose arguments are a
// command of their own to whoever cuts at brackets.
func client(i *dockerfile.Instruction, index int, words []token) *request {
	if index+1 < len(i.Commands) {
		words = append(split(words), split(tokens(i.Commands[index+1]))...)
	}
	r := &request{}
	for n, word := range words {
		if text := strings.Trim(word.text, ",'\""); isWeb(text) {
			address, file, _ := strings.Cut(text, ",")
			r.addresses = append(r.addresses, token{address, word.node})
			if file == "" && n+1 < len(words) {
				file = strings.Trim(words[n+1].text, ", '\"")
			}
			if file != "" {
				r.files = append(r.files, file)
			}
			return r
		}
	}
	return r
}
