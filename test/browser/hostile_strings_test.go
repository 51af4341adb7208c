package browser

import (
	"fmt"
	"strings"
)

// hostileForms would run probe(N), or ask something of elsewhere, where a page let them. %d is the number N.
var hostileForms = []string{
	// elements
	`<script>probe(%d)</script>`,
	`"><script>probe(%d)</script>`,
	`'><img src=x onerror=probe(%d)>`,
	`<img src=x onerror="probe(%d)">`,
	`<ImG/sRc=x oNeRRor=probe(%d)//`,
	`<svg onload=probe(%d)>`,
	`<svg><script>probe(%d)</script></svg>`,
	`<svg><animate onbegin=probe(%d) attributeName=x dur=1s>`,
	`<svg><a xlink:href="javascript:probe(%d)"><text x=9 y=9>x</text></a></svg>`,
	`<math><mtext></form><form><mglyph><style></math><img src=x onerror=probe(%d)>`,
	`<iframe srcdoc="<script>parent.probe(%d)</script>"></iframe>`,
	`<iframe src="javascript:parent.probe(%d)"></iframe>`,
	`<object data="javascript:probe(%d)"></object><embed src="javascript:probe(%[1]d)">`,
	`<details open ontoggle=probe(%d)>x</details>`,
	`<video><source onerror=probe(%d)></video>`,
	`<audio src=x onerror=probe(%d)></audio>`,
	`<body onload=probe(%d)>`,
	`<input autofocus onfocus=probe(%d)>`,
	`<select autofocus onfocus=probe(%d)></select>`,
	`<xss-probe id=x tabindex=1 onfocus=probe(%d)>x</xss-probe>`,
	`<marquee onstart=probe(%d)>x</marquee>`,
	`<style>@keyframes p{}</style><b style="animation:p 1s" onanimationstart=probe(%d)>x</b>`,
	// out of where text stands
	`</title><script>probe(%d)</script>`,
	`</textarea><img src=x onerror=probe(%d)>`,
	`</pre></code></td></tr></table><img src=x onerror=probe(%d)>`,
	`</option></select><img src=x onerror=probe(%d)>`,
	`--><img src=x onerror=probe(%d)><!--`,
	`]]><img src=x onerror=probe(%d)>`,
	`</script><script>probe(%d)</script>`,
	// attributes
	`" onmouseover="probe(%d)" x="`,
	`' onmouseover='probe(%d)' x='`,
	`x onmouseover=probe(%d) x=`,
	"`><img src=x onerror=probe(%d)>",
	// addresses
	`javascript:probe(%d)`,
	` JaVaScRiPt:probe(%d)`,
	"java\tscript:probe(%d)",
	`data:text/html,<script>opener.probe(%d)</script>`,
	`//127.0.0.1:1/probe(%d)`,
	`https://example.com"onmouseover="probe(%d)`,
	// what asks elsewhere
	`<img src="http://127.0.0.1:1/probe(%d)">`,
	`<link rel=stylesheet href="http://127.0.0.1:1/probe(%d)">`,
	`<meta http-equiv=refresh content="0;url=http://127.0.0.1:1/probe(%d)">`,
	`<base href="http://127.0.0.1:1/probe(%d)/">`,
	`<b style="background:url(http://127.0.0.1:1/probe(%d))">x</b>`,
	// templates, and what turns or hides text
	`{{probe(%d)}}${probe(%[1]d)}#{probe(%[1]d)}<%%=probe(%[1]d)%%>`,
	`{{constructor.constructor('probe(%d)')()}}`,
	"\u202e<img src=x onerror=probe(%d)>\u202c",
	"\u2028probe(%d)\u2029//\u0000",
	"<img src=x\u00a0onerror=probe(%d)>",
	"\uff1cscript\uff1eprobe(%d)\uff1c/script\uff1e",
	"%%3Cscript%%3Eprobe(%d)%%3C/script%%3E&lt;script&gt;probe(%[1]d)&lt;/script&gt;&#x6a;avascript:probe(%[1]d)",
	`=HYPERLINK("http://127.0.0.1:1/probe(%d)","x")`,
}

// hostile are the strings, each with its own number.
func hostile() []string {
	all := make([]string, len(hostileForms))
	for i, form := range hostileForms {
		all[i] = fmt.Sprintf(form, i)
	}
	return all
}

// printable is a hostile string as a field takes it that refuses control characters.
func printable(text string) string { return strings.NewReplacer("\x00", "", "\t", "").Replace(text) }
