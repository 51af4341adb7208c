// Command etcd is etcd's own program, built from its Go module: the store of the API server under test.
package main

import (
	"os"

	"go.etcd.io/etcd/server/v3/etcdmain"
)

func main() { etcdmain.Main(os.Args) }
