package config

import (
	"gopkg.in/yaml.v3"

	"hob/internal/diag"
)

// gaps are the places of a house that were to come from other files and did not. What
// is wrong there has been said; the rest is checked all the same, but for what nobody
// can know before the files are there, such as whether a board is among them.
type gaps struct {
	nodes  map[*yaml.Node]bool
	whole  map[string]bool // sections of which nothing is known
	within map[string]bool // sections in which something is missing
}

func newGaps() gaps {
	return gaps{make(map[*yaml.Node]bool), make(map[string]bool), make(map[string]bool)}
}

// open notes that nothing came in the place of a node. The node is a scalar from now
// on: what is written in it is no part of the house.
func (g gaps) open(n *yaml.Node) {
	n.Kind, n.Content = yaml.ScalarNode, nil
	g.nodes[n] = true
}

// note adds a section of the main file in whose value before were the gaps until then.
func (g gaps) note(section string, val *yaml.Node, before int) {
	if len(g.nodes) > before {
		g.within[section] = true
		g.whole[section] = g.nodes[val] || val.Kind == yaml.SequenceNode // an item of a list may declare anything
	}
}

// excuse says whether what would be told may be right once the files are there.
func (g gaps) excuse(code diag.Code) bool {
	if len(g.nodes) == 0 {
		return false
	}
	switch code {
	case diag.UnknownBoard:
		return g.whole["boards"]
	case diag.NoI2C:
		return g.within["boards"]
	case diag.UnknownArea:
		return g.whole["areas"]
	case diag.UnknownUser:
		return g.whole["users"]
	case diag.NeedsLocation:
		return g.within["home"]
	case diag.UnknownEntity:
		return g.entities(g.whole)
	case diag.UnknownPreset, diag.LoneInterlock:
		return g.entities(g.within)
	}
	return false
}

// unknown says that nothing is known of an entity but its id.
func (it item) unknown() bool { return it.at.r.gaps.nodes[it.at.node] }

// entities says whether one of the sections that declare entities is among these.
func (gaps) entities(sections map[string]bool) bool {
	for name, is := range sections {
		switch name {
		case "home", "boards", "areas", "rules", "users", "tests":
		default:
			if is {
				return true
			}
		}
	}
	return false
}
