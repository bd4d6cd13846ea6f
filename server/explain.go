package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"hob/internal/diag"
)

func (c *cli) explainCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "explain [CODE]",
		Short: "Say what a code of hob check means, with an example",
		Long: `Prints why a code such as HOB012 is said, an example that has the mistake, and
the same without it; the number alone will do. Without a code it lists them all.

With --json it prints an object with code, meaning, cause, wrong and right, or an
array of objects with code and meaning.`,
		Example: "  hob explain HOB040",
		Args:    args(cobra.MaximumNArgs(1)),
		RunE: func(_ *cobra.Command, given []string) error {
			if len(given) == 0 {
				return c.listCodes()
			}
			return c.explain(codeNamed(given[0]))
		},
	}
}

// codeNamed takes a code as people type it: HOB036, hob036, 036 or 36.
func codeNamed(text string) diag.Code {
	if n, err := strconv.ParseUint(text, 10, 16); err == nil {
		return diag.Code(fmt.Sprintf("HOB%03d", n))
	}
	return diag.Code(strings.ToUpper(text))
}

// codeJSON is one code for scripts.
type codeJSON struct {
	Code    diag.Code `json:"code"`
	Meaning string    `json:"meaning"`
}

// explainedJSON is one of them. What no text can show has no example: both are "".
type explainedJSON struct {
	codeJSON
	Cause string `json:"cause"`
	Wrong string `json:"wrong"`
	Right string `json:"right"`
}

func (c *cli) listCodes() error {
	list := []codeJSON{}
	for _, info := range diag.Codes() {
		list = append(list, codeJSON{Code: info.Code, Meaning: info.Meaning})
	}
	if c.json {
		return c.printJSON(list)
	}
	for _, one := range list {
		fmt.Fprintf(c.stdout, "%s  %s\n", one.Code, one.Meaning)
	}
	return nil
}

func (c *cli) explain(code diag.Code) error {
	e, ok := diag.Explain(code)
	if !ok {
		return usage("there is no code %q; hob explain lists them", code)
	}
	if c.json {
		return c.printJSON(explainedJSON{codeJSON{code, meaning(code)}, e.Cause, e.Wrong, e.Right})
	}
	fmt.Fprintf(c.stdout, "%s: %s\n\n%s\n", code, meaning(code), e.Cause)
	if e.Wrong != "" {
		fmt.Fprintf(c.stdout, "\nInstead of\n\n%s\nwrite\n\n%s", indented(e.Wrong), indented(e.Right))
	}
	return nil
}

func meaning(code diag.Code) string {
	for _, info := range diag.Codes() {
		if info.Code == code {
			return info.Meaning
		}
	}
	return ""
}

// indented sets a text off from what is around it.
func indented(text string) string {
	return "    " + strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n    ") + "\n"
}
