package diag_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"hob/internal/diag"
)

func TestCodesAreDocumentedOnceAndInOrder(t *testing.T) {
	shape := regexp.MustCompile(`^HOB[0-9]{3}$`)
	last := diag.Code("")
	for _, c := range diag.Codes() {
		if !shape.MatchString(string(c.Code)) || c.Code <= last {
			t.Errorf("%q comes after %q", c.Code, last)
		}
		last = c.Code
		if !strings.HasSuffix(c.Meaning, ".") || strings.ContainsAny(c.Meaning, "\n|") {
			t.Errorf("%s: %q is not one line of a table", c.Code, c.Meaning)
		}
	}
}

// Every constant is documented, and used by something that is not a test.
func TestEveryCodeIsDocumentedAndUsed(t *testing.T) {
	documented := make(map[diag.Code]bool)
	for _, c := range diag.Codes() {
		documented[c.Code] = true
	}
	used := usedNames(t, "../..")
	declared := declaredCodes(t)
	for name, code := range declared {
		if !documented[code] {
			t.Errorf("%s (%s) is not in Codes", name, code)
		}
		if !used[name] {
			t.Errorf("%s (%s) is used by nothing", name, code)
		}
	}
	if len(declared) != len(documented) {
		t.Errorf("%d codes are declared, %d documented", len(declared), len(documented))
	}
}

// declaredCodes reads the constants of codes.go.
func declaredCodes(t *testing.T) map[string]diag.Code {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "codes.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	out := make(map[string]diag.Code)
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 {
			return true
		}
		if lit, ok := spec.Values[0].(*ast.BasicLit); ok {
			value, err := strconv.Unquote(lit.Value)
			if err != nil {
				t.Fatal(err)
			}
			out[spec.Names[0].Name] = diag.Code(value)
		}
		return true
	})
	if len(out) < 40 {
		t.Fatalf("found only %d codes", len(out))
	}
	return out
}

// usedNames lists every X of diag.X in the module's own sources.
func usedNames(t *testing.T, root string) map[string]bool {
	t.Helper()
	used := make(map[string]bool)
	for _, dir := range []string{"config", "internal", "server"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if sel, ok := n.(*ast.SelectorExpr); ok {
					if pkg, ok := sel.X.(*ast.Ident); ok && pkg.Name == "diag" {
						used[sel.Sel.Name] = true
					}
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return used
}
