package software

import "encoding/json"

// unmarshalLoose fills fields from a map of JSON. A field of an unexpected kind, or a value that is no
// map, is left as it is: lock files of many versions put other things there.
func unmarshalLoose(given []byte, fields map[string]any) error {
	var all map[string]json.RawMessage
	if json.Unmarshal(given, &all) != nil {
		return nil
	}
	for name, into := range fields {
		if value, there := all[name]; there {
			_ = json.Unmarshal(value, into) // an odd value is as good as none
		}
	}
	return nil
}
