// Package browser tries kubeproof in a real browser: the program is built and serves a store of its own on
// loopback, and Debian's Chromium goes through it as people do. It is a module of its own, so that what
// drives the browser is no dependency of the program. It holds tests only; begin with main_test.go, which
// starts everything, and visitor_test.go, somebody with a browser.
package browser
