package download

// curlLong are the long options of curl that take a value, as far as Dockerfiles use them.
var curlLong = set(`output header data data-raw data-binary data-urlencode data-ascii json form form-string user user-agent referer request
	url output-dir write-out proxy proxy-user range resolve ciphers limit-rate max-redirs max-time connect-timeout retry retry-delay
	retry-max-time speed-limit speed-time proto proto-redir proto-default config cookie cookie-jar continue-at upload-file cacert capath cert
	cert-type key key-type pass netrc-file interface dns-servers time-cond etag-save etag-compare aws-sigv4 oauth2-bearer unix-socket
	max-filesize create-file-mode keepalive-time tls-max tlsuser noproxy connect-to stderr trace trace-ascii socks5 socks5-hostname
	dump-header pinnedpubkey doh-url happy-eyeballs-timeout-ms rate local-port parallel-max preproxy quote`)

// curlShort are the short ones.
const curlShort = "AbcCdDeEFHKmoPQrtTuUwxXyYz"

func curl(words []token) *request {
	r := &request{}
	for _, o := range options(words, curlShort, curlLong, "") {
		switch o.name {
		case "", "--url":
			if o.value != "" {
				r.addresses = append(r.addresses, token{o.value, o.node})
			}
		case "-o", "--output":
			r.files = append(r.files, o.value)
		case "-O", "--remote-name", "--remote-name-all", "-J":
			r.named = true
		case "--output-dir":
			r.folder = o.value
		case "-k", "--insecure":
			r.insecure = o.node
		case "-I", "--head", "-T", "--upload-file":
			r.asks = true
		}
	}
	return r
}

// wgetLong are the long options of wget that take a value, as far as Dockerfiles use them.
var wgetLong = set(`output-document output-file append-output directory-prefix header user password user-agent referer tries timeout wait
	waitretry limit-rate input-file post-data post-file body-data body-file method load-cookies save-cookies ca-certificate certificate
	private-key dns-timeout connect-timeout read-timeout secure-protocol max-redirect http-user http-password ftp-user ftp-password execute
	accept reject domains level cut-dirs quota progress base retry-on-http-error ca-directory restrict-file-names`)

func wget(words []token) *request {
	r := &request{named: true}
	for _, o := range options(words, "OoaeiBtTwQPUDIXARlY", wgetLong, "n") {
		switch o.name {
		case "":
			r.addresses = append(r.addresses, token{o.value, o.node})
		case "-O", "--output-document":
			r.files, r.named = []string{o.value}, false
		case "-P", "--directory-prefix":
			r.folder = o.value
		case "--no-check-certificate":
			r.insecure = o.node
		case "--spider", "--post-file", "--body-file":
			r.asks = true
		}
	}
	return r
}

// ariaLong are the long options of aria2c that take a value, as far as Dockerfiles use them.
var ariaLong = set("out dir header user-agent max-connection-per-server split referer max-tries timeout checksum input-file")

// aria reads aria2c and axel.
func aria(words []token) *request {
	r := &request{named: true}
	for _, o := range options(words, "odxsjknmiT", ariaLong, "") {
		switch o.name {
		case "":
			r.addresses = append(r.addresses, token{o.value, o.node})
		case "-o", "--out":
			r.files = []string{o.value}
		case "-d", "--dir":
			r.folder = o.value
		case "--check-certificate", "-k", "--insecure":
			if o.name != "--check-certificate" || o.value == "false" {
				r.insecure = o.node
			}
		case "--checksum":
			return nil // it checks what it fetches
		}
	}
	return r
}
