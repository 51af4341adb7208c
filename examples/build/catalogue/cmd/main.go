// The catalogue of the shop, as small as an example can be.
package main

import "net/http"

func main() {
	http.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	if err := http.ListenAndServe(":8080", nil); err != nil {
		panic(err)
	}
}
