package config

import (
	"fmt"

	"gopkg.in/yaml.v3"

	"hob/internal/diag"
)

const (
	// maxNodes bounds the keys and values of a file, each counted as often as
	// aliases repeat it. A large house of a thousand entities has about 20,000.
	maxNodes = 100_000
	maxDepth = 32
	// maxDeclared bounds the entries of one section: what is known of an entity takes
	// far more memory than its line.
	maxDeclared = 10_000
)

// withinLimits walks the tree as the decoder will, following aliases, and
// reports whether that ends soon enough. It must run before anything else
// follows an alias: a few lines of aliases can stand for billions of values.
func withinLimits(r *report, root *yaml.Node) bool {
	w := &limitWalk{r: r, left: maxNodes}
	return w.walk(root, root, 1)
}

type limitWalk struct {
	r    *report
	left int
}

// walk visits n, which was reached at site: n itself, or the outermost alias.
func (w *limitWalk) walk(n, site *yaml.Node, depth int) bool {
	w.left--
	if w.left < 0 {
		return w.refuse(site, fmt.Sprintf("the file stands for more than %d values", maxNodes))
	}
	if depth > maxDepth {
		return w.refuse(site, fmt.Sprintf("values are nested more than %d deep", maxDepth))
	}
	if n.Kind == yaml.AliasNode {
		if site.Kind != yaml.AliasNode {
			site = n
		}
		return w.walk(n.Alias, site, depth+1)
	}
	for _, c := range n.Content {
		at := c
		if site.Kind == yaml.AliasNode {
			at = site
		}
		if !w.walk(c, at, depth+1) {
			return false
		}
	}
	return true
}

func (w *limitWalk) refuse(at *yaml.Node, message string) bool {
	suggestion := ""
	if at.Kind == yaml.AliasNode {
		suggestion = "the alias (*" + at.Value + ") repeats too much, or refers to itself"
	}
	w.r.errorAt(nodeSpan(w.r.sourceOf(at), at), problem{code: diag.TooComplex, message: message, suggestion: suggestion})
	return false
}
