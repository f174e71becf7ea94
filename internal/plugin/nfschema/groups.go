package nfschema

import (
	"sluice/internal/lang/value"
)

// ungrouped is the title of parameters outside any group.
const ungrouped = "Other parameters"

// groups are the parameters of a schema by the title of their group.
func (u *use) groups(name string) (*value.Map, error) {
	tree, _, err := u.readTree(u.find(name))
	if err != nil {
		return nil, err
	}
	groups := value.NewMap(8)
	keys := []string{"$defs", "defs"}
	if u.old {
		keys = []string{"definitions"}
	}
	for _, key := range keys {
		defs, ok := tree.GetString(key).(*value.Map)
		if !ok {
			continue
		}
		defs.Entries(func(k, v value.Value) bool {
			group, ok := v.(*value.Map)
			if !ok {
				return true
			}
			title := value.ToString(k)
			if t := group.GetString("title"); value.Truth(t) {
				title = value.ToString(t)
			}
			groups.Replace(value.String(title), properties(group))
			return true
		})
		break
	}
	if p, ok := tree.GetString("properties").(*value.Map); ok {
		groups.Replace(value.String(ungrouped), p.Copy())
	}
	return groups, nil
}

// properties of a schema that are schemas themselves.
func properties(schema *value.Map) *value.Map {
	all := value.NewMap(8)
	if p, ok := schema.GetString("properties").(*value.Map); ok {
		p.Entries(func(k, v value.Value) bool {
			if _, ok := v.(*value.Map); ok {
				all.Set(k, v)
			}
			return true
		})
	}
	return all
}

// each visits the maps of a map.
func each(m *value.Map, visit func(name string, inner *value.Map)) {
	m.Entries(func(k, v value.Value) bool {
		if inner, ok := v.(*value.Map); ok {
			visit(value.ToString(k), inner)
		}
		return true
	})
}

// longest is the length of the longest name in all groups.
func longest(groups *value.Map) int {
	n := 0
	each(groups, func(_ string, group *value.Map) { n = max(n, longestKey(group)) })
	return n
}

func longestKey(m *value.Map) int {
	n := 0
	m.Entries(func(k, _ value.Value) bool { n = max(n, len([]rune(value.ToString(k)))); return true })
	return n
}

// flattenSchema puts nested parameters beside the others, under their full name.
func flattenSchema(params *value.Map) *value.Map {
	flat := value.NewMap(params.Len())
	each(params, func(name string, p *value.Map) {
		if _, nested := p.GetString("properties").(*value.Map); !nested {
			flat.Set(value.String(name), p)
			return
		}
		flattenSchema(properties(p)).Entries(func(k, v value.Value) bool {
			flat.Set(value.String(name+"."+value.ToString(k)), v)
			return true
		})
	})
	return flat
}
