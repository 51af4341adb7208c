package control

import "fmt"

// Values are the parameters of one control with their types checked: as its file gives them,
// or as the user set them.
type Values map[string]any

// String gives a parameter of type string; "" if it has another.
func (v Values) String(name string) string { s, _ := v[name].(string); return s }

// Int gives a parameter of type int; 0 if it has another.
func (v Values) Int(name string) int { i, _ := v[name].(int); return i }

// Bool gives a parameter of type bool; false if it has another.
func (v Values) Bool(name string) bool { b, _ := v[name].(bool); return b }

// Strings gives a parameter of type strings; nil if it has another.
func (v Values) Strings(name string) []string { s, _ := v[name].([]string); return s }

// Map gives a parameter of type map; nil if it has another.
func (v Values) Map(name string) map[string]string { m, _ := v[name].(map[string]string); return m }

// Set gives value the type of the parameter, or says why it does not fit.
func (p Parameter) Set(value any) (any, error) {
	switch p.Type {
	case "string":
		if s, ok := value.(string); ok {
			return s, nil
		}
	case "int":
		if i, ok := value.(int); ok {
			return i, nil
		}
	case "bool":
		if b, ok := value.(bool); ok {
			return b, nil
		}
	case "strings":
		return stringList(value)
	case "map":
		return stringMap(value)
	default:
		return nil, fmt.Errorf("parameter type %q is unknown: use string, int, bool, strings or map", p.Type)
	}
	return nil, fmt.Errorf("value %v is not of type %s", value, p.Type)
}

func stringList(value any) ([]string, error) {
	list, ok := value.([]any)
	if !ok && value != nil {
		return nil, fmt.Errorf("value %v is not a list of strings", value)
	}
	strings := make([]string, 0, len(list))
	for _, element := range list {
		s, ok := element.(string)
		if !ok {
			return nil, fmt.Errorf("element %v is not a string: quote it", element)
		}
		strings = append(strings, s)
	}
	return strings, nil
}

func stringMap(value any) (map[string]string, error) {
	fields, ok := value.(map[string]any)
	if !ok && value != nil {
		return nil, fmt.Errorf("value %v is not a map of strings", value)
	}
	strings := make(map[string]string, len(fields))
	for key, element := range fields {
		s, ok := element.(string)
		if !ok {
			return nil, fmt.Errorf("value %v of %s is not a string: quote it", element, key)
		}
		strings[key] = s
	}
	return strings, nil
}
