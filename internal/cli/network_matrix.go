package cli

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/kubeproof/kubeproof/internal/ask"
	"github.com/kubeproof/kubeproof/internal/engine/reach"
	"github.com/kubeproof/kubeproof/internal/inventory"
)

// Beyond this a table is a list, and the list is cut; JSON and CSV have all, up to ask.MostGroups.
const (
	mostColumns   = 14
	mostFlowLines = 500
)

// networkMatrix are the flags of network matrix.
type networkMatrix struct {
	networkAsking
	format string
	ports  bool
}

func newNetworkMatrixCommand(streams *Streams) *cobra.Command {
	o := &networkMatrix{}
	command := &cobra.Command{
		Use: "matrix", Short: "Show which workload may open connections to which", Args: none,
		Long: `Show which workload may open connections to which by the network policies of a cluster, of files or
of a saved inventory. Workloads that all policies treat alike share a row. Rows open connections,
columns take them: all (every port), some (some ports; --ports names them), none, unknown.
What does not fit into a table is listed.

Exit codes: 0 answered, 2 wrong usage, 3 something could not be read.`,
		Example: "  kubeproof network matrix -n shop,billing\n  kubeproof network matrix --in deploy/ --ports -o csv",
		RunE: func(command *cobra.Command, _ []string) error {
			if o.format != "table" && o.format != "json" && o.format != "csv" {
				return usageError("format %q is unknown: use table, json or csv", o.format)
			}
			o.takeNamespaces()
			inv, err := o.inventory(command.Context(), streams, reach.Kinds...)
			if err != nil {
				return err
			}
			a, err := o.answer(inv)
			if err != nil {
				return err
			}
			if err := o.write(streams, a); err != nil {
				return usageError("%v", err)
			}
			return partial(inv, reach.Kinds...)
		},
	}
	o.register(command)
	command.Flags().Lookup("namespace").Usage = "only workloads of the namespaces `NAME,...`; objects of files that name none are taken to be in it"
	command.Flags().StringVarP(&o.format, "format", "o", "table", "`FORMAT`: table, json or csv")
	command.Flags().BoolVar(&o.ports, "ports", false, "name the ports in the table")
	return command
}

// matrixAnswer is the answer of network matrix.
type matrixAnswer struct{ *ask.Matrix }

func (o *networkMatrix) answer(inv *inventory.Inventory) (*matrixAnswer, error) {
	seen := ask.Of(inv)
	if err := o.check(reach.Of(seen.Index)); err != nil {
		return nil, err
	}
	a, err := seen.Matrix(o.asked, ask.MostGroups)
	if err != nil {
		return nil, usageError("%v: name namespaces by --namespace", err)
	}
	return &matrixAnswer{a}, nil
}

func (o *networkMatrix) write(streams *Streams, a *matrixAnswer) error {
	switch o.format {
	case "json":
		return writeJSON(streams.Out, a)
	case "csv":
		return a.writeCSV(streams.Out)
	}
	out := &lines{out: streams.Out}
	switch {
	case len(a.Groups) == 1:
		out.print("No workload was seen.")
	case len(a.Groups) <= mostColumns:
		a.writeGrid(out, o.ports, max(streams.Width, 100))
	default:
		a.writeList(out)
	}
	out.print("")
	writeNetwork(out, a.Enforcement, a.Problems)
	return out.err
}

// writeGrid writes rows and columns; where it is wider than the screen, columns have numbers.
func (a *matrixAnswer) writeGrid(out *lines, ports bool, width int) {
	rows := a.grid(ports, false)
	if gridWidth(rows) > width {
		rows = a.grid(ports, true)
	}
	if gridWidth(rows) > width {
		a.writeList(out)
		return
	}
	for _, row := range rows {
		out.add(row...)
	}
	out.flush()
}

func (a *matrixAnswer) grid(ports, numbered bool) [][]string {
	head := []string{"FROM \\ TO"}
	for i, g := range a.Groups {
		if numbered {
			head = append(head, strconv.Itoa(i+1))
		} else {
			head = append(head, g.Name)
		}
	}
	rows := [][]string{head}
	for i, flows := range a.All {
		row := []string{a.Groups[i].Name}
		if numbered {
			row[0] = fmt.Sprintf("%d %s", i+1, row[0])
		}
		for _, flow := range flows {
			row = append(row, cellText(flow, ports))
		}
		rows = append(rows, row)
	}
	return rows
}

func cellText(flow ask.Flow, ports bool) string {
	switch {
	case flow.Answer == "":
		return "·"
	case flow.Answer == "some" && !ports:
		return "some"
	}
	return flow.String()
}

func gridWidth(rows [][]string) int {
	total := 0
	for column := range rows[0] {
		widest := 0
		for _, row := range rows {
			widest = max(widest, utf8.RuneCountInString(row[column]))
		}
		total += widest + 2
	}
	return total
}

// writeList writes what is not denied, a line for each pair.
func (a *matrixAnswer) writeList(out *lines) {
	out.print("%s of workloads; what is not listed is denied.", counted(len(a.Groups)-1, "group"))
	out.add("FROM", "TO", "PORTS")
	for i, flow := range a.Flows {
		if i == mostFlowLines {
			out.flush()
			out.print("... and %s: name namespaces by --namespace, or see -o csv", counted(len(a.Flows)-i, "more pair"))
			break
		}
		out.add(flow.From, flow.To, flow.String())
	}
	out.flush()
}

func (a *matrixAnswer) writeCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	out.Write([]string{"from", "to", "answer", "allowed", "unknown"}) // csv.Writer keeps its first error
	for _, row := range a.All {
		for _, flow := range row {
			if flow.Answer != "" {
				out.Write([]string{csvCell(flow.From), csvCell(flow.To), flow.Answer, strings.Join(flow.Allowed, " "), strings.Join(flow.Unknown, " ")})
			}
		}
	}
	out.Flush()
	return out.Error()
}

// csvCell keeps a spreadsheet from running a cell as a formula.
func csvCell(text string) string {
	text = harmless(text)
	if text != "" && strings.ContainsRune("=+-@", rune(text[0])) {
		return "'" + text
	}
	return text
}
