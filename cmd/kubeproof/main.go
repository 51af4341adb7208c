// Command kubeproof checks Kubernetes clusters and files against public security checklists.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/kubeproof/kubeproof/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := cli.Main(ctx, os.Args[1:], cli.System())
	stop()
	os.Exit(code)
}
