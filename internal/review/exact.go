package review

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// decodeExact reads JSON into a value and refuses what the value does not hold: fields that it has
// not, names in other letters (encoding/json takes "Plan" for "plan"), null. A field that is left
// out is fine, so that a version which adds one reads what older ones wrote.
func decodeExact(text []byte, into any) error {
	if err := json.Unmarshal(text, into); err != nil {
		return err
	}
	again, err := json.Marshal(into)
	if err != nil {
		return err
	}
	if bytes.Equal(again, text) { // as this program writes it: there is nothing else in it
		return nil
	}
	given, err := generic(text)
	if err != nil {
		return err
	}
	read, err := generic(again)
	if err != nil {
		return err
	}
	return within("", given, read)
}

func generic(text []byte) (value any, err error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	return value, decoder.Decode(&value)
}

// within says where a value holds what the other does not.
func within(path string, given, read any) error {
	switch given := given.(type) {
	case map[string]any:
		read, ok := read.(map[string]any)
		for _, name := range sortedKeys(given) {
			value, known := read[name]
			if !ok || !known {
				return fmt.Errorf("field %q is unknown to this version, or empty: use a newer kubeproof", path+name)
			}
			if err := within(path+name+".", given[name], value); err != nil {
				return err
			}
		}
		return nil
	case []any:
		read, ok := read.([]any)
		if !ok || len(given) != len(read) {
			return fmt.Errorf("field %q is a list and is not read as one", path)
		}
		for i := range given {
			if err := within(path, given[i], read[i]); err != nil {
				return err
			}
		}
		return nil
	}
	if given != read {
		return fmt.Errorf("field %q is not spelled as it is written", path)
	}
	return nil
}
