package server

import (
	"net/http"
	"net/url"
	"strings"
)

// themeCookie keeps whether pages are light or dark; without one the browser's wish counts.
const themeCookie = "theme"

func themeOf(r *http.Request) string {
	cookie, err := r.Cookie(themeCookie)
	if err == nil && (cookie.Value == "light" || cookie.Value == "dark") {
		return cookie.Value
	}
	return "auto"
}

func (v *visit) setTheme() error {
	if err := v.form(); err != nil {
		return err
	}
	theme := v.PostForm.Get("theme")
	if theme != "light" && theme != "dark" && theme != "auto" {
		return problem(http.StatusBadRequest, "There is no such look", "Choose light, dark or auto.")
	}
	http.SetCookie(v.w, &http.Cookie{Name: themeCookie, Value: theme, Path: "/", MaxAge: 365 * 24 * 3600, HttpOnly: true, Secure: v.s.Secure, SameSite: http.SameSiteLaxMode})
	return redirect(localPath(v.PostForm.Get("back")))
}

// localPath is a path on this server, as a form or an address gives it; "/" if it leads elsewhere.
func localPath(text string) string {
	parsed, err := url.Parse(text)
	if err != nil || parsed.IsAbs() || parsed.Host != "" || parsed.User != nil || !strings.HasPrefix(parsed.Path, "/") || strings.HasPrefix(parsed.Path, "//") || strings.ContainsAny(text, "\\\r\n\t") {
		return "/"
	}
	return here((&url.URL{Path: parsed.Path}).EscapedPath(), parsed.Query())
}
