package rules

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/expr-lang/expr/ast"

	"hob/internal/diag"
)

func (c *exprCheck) binary(n *ast.BinaryNode) (exprKind, *ExprError) {
	if slices.Contains(arithmetic(), n.Operator) {
		return exprNumber, c.calculation(n)
	}
	switch n.Operator {
	case "&&", "||", "and", "or":
		return exprTruth, c.both(n, exprTruth)
	case "<", "<=", ">", ">=":
		return exprTruth, c.both(n, exprNumber)
	case "contains", "startsWith", "endsWith":
		return exprTruth, c.both(n, exprText)
	case "matches":
		return exprTruth, c.matches(n)
	case "==", "!=":
		return exprTruth, c.equality(n)
	case "in":
		return exprTruth, c.membership(n)
	}
	return "", wrongAt(n, fmt.Sprintf("an expression has no %s", n.Operator), `write such as bath.target < 18 && anna == "home"`)
}

// arithmetic are the operators that make numbers of numbers.
func arithmetic() []string { return []string{"+", "-", "*", "/"} }

// calculation refuses a division that nobody can do; one by what is zero now and then
// is not known then.
func (c *exprCheck) calculation(n *ast.BinaryNode) *ExprError {
	if wrong := c.both(n, exprNumber); wrong != nil {
		return wrong
	}
	if by, ok := literal(n.Right); ok && n.Operator == "/" && by == 0 {
		return wrongAt(n.Right, "nothing can be divided by 0", "divide by another number, or multiply")
	}
	return nil
}

// both checks two parts of one kind.
func (c *exprCheck) both(n *ast.BinaryNode, needed exprKind) *ExprError {
	for _, part := range []*ast.Node{&n.Left, &n.Right} {
		kind, wrong := c.check(part)
		if wrong == nil {
			wrong = want(*part, kind, needed)
		}
		if wrong != nil {
			return wrong
		}
	}
	return nil
}

// matches takes a pattern that is written out, so that it is read once and not while rules run.
func (c *exprCheck) matches(n *ast.BinaryNode) *ExprError {
	if wrong := c.both(n, exprText); wrong != nil {
		return wrong
	}
	pattern, ok := n.Right.(*ast.StringNode)
	if !ok {
		return wrongAt(n.Right, "the pattern after matches has to be written out", `write such as leo matches "^(home|away)$"`)
	}
	if _, err := regexp.Compile(pattern.Value); err != nil {
		return wrongAt(n.Right, "this is no pattern: "+err.Error(), "")
	}
	return nil
}

func (c *exprCheck) equality(n *ast.BinaryNode) *ExprError {
	left, wrong := c.check(&n.Left)
	if wrong != nil {
		return wrong
	}
	right, wrong := c.check(&n.Right)
	if wrong != nil {
		return wrong
	}
	// What has a name is what the mistake is about: in 20 == bath, that is bath.
	mistake := want(n.Right, right, left)
	if _, name := n.Left.(*ast.IdentifierNode); name {
		mistake = want(n.Left, left, right)
	}
	if mistake == nil {
		mistake = c.word(n.Left, n.Right)
	}
	if mistake == nil {
		mistake = c.word(n.Right, n.Left)
	}
	return mistake
}

// membership is one of several: anna in ["home", "away"].
func (c *exprCheck) membership(n *ast.BinaryNode) *ExprError {
	left, wrong := c.check(&n.Left)
	if wrong != nil {
		return wrong
	}
	list, ok := n.Right.(*ast.ArrayNode)
	if !ok || len(list.Nodes) == 0 {
		return wrongAt(n.Right, "after in there is a list of what it may be", `write such as anna in ["home", "away"]`)
	}
	for i := range list.Nodes {
		kind, wrong := c.check(&list.Nodes[i])
		if wrong == nil {
			wrong = want(list.Nodes[i], kind, left)
		}
		if wrong == nil {
			wrong = c.word(n.Left, list.Nodes[i])
		}
		if wrong != nil {
			return wrong
		}
	}
	return nil
}

// word refuses to compare an entity's state, mode or preset with a word that it never is.
func (c *exprCheck) word(name, text ast.Node) *ExprError {
	id, isName := name.(*ast.IdentifierNode)
	literal, isText := text.(*ast.StringNode)
	if !isName || !isText {
		return nil
	}
	r := c.refs[id.Value]
	if r.words == nil || slices.Contains(r.words, literal.Value) {
		return nil
	}
	known := slices.DeleteFunc(slices.Clone(r.words), func(w string) bool { return w == "" })
	e := wrongAt(text, fmt.Sprintf("%s is never %q", id.Value, excerpt(literal.Value)), "it can be "+orList(known))
	switch near := diag.Nearest(literal.Value, known); {
	case near != "":
		e.Suggestion = fmt.Sprintf("did you mean %q?", near)
	case len(known) == 0:
		e.Suggestion = "it has none; delete this part"
	}
	e.Code = diag.BadState
	return e
}
