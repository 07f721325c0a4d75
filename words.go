package main

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
)

// messages are the interface's, by language: the command line and the native notifications say things in the same words.
//
//go:embed frontend/src/i18n/messages
var messages embed.FS

// forOne follows the key of a message's form for the number 1.
const forOne = "#one"

// catalogue is the interface's messages by key.
type catalogue map[string]string

// Say is the message of a key with its values filled in; values come as name, value, name, value.
func (c catalogue) Say(key string, values ...string) string {
	pairs := make([]string, 0, len(values))
	for i := 0; i+1 < len(values); i += 2 {
		pairs = append(pairs, "{"+values[i]+"}", values[i+1])
	}
	return strings.NewReplacer(pairs...).Replace(c[key])
}

// Count is the message of a key for a number, which it holds as {count}.
func (c catalogue) Count(key string, count int) string {
	if _, has := c[key+forOne]; has && count == 1 {
		key += forOne
	}
	return c.Say(key, "count", strconv.Itoa(count))
}

// readWords reads the messages of one language, the same ones that the interface is built from.
func readWords(language string) (catalogue, error) {
	words := catalogue{}
	dir := path.Join("frontend/src/i18n/messages", language)
	entries, err := fs.ReadDir(messages, dir)
	if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		content, err := fs.ReadFile(messages, path.Join(dir, entry.Name()))
		if err != nil {
			return nil, err
		}
		var raw map[string]json.RawMessage
		if err := json.Unmarshal(content, &raw); err != nil {
			return nil, fmt.Errorf("%s: %w", entry.Name(), err)
		}
		for key, value := range raw {
			words[key] = pattern(value)
			if one := variant(value, "=one"); one != "" {
				words[key+forOne] = one
			}
		}
	}
	return words, nil
}

// pattern is a message's text; of one that depends on a number, the form for several.
func pattern(value json.RawMessage) string {
	var text string
	if json.Unmarshal(value, &text) == nil {
		return text
	}
	return variant(value, "=other")
}

// variant is the form of a message that depends on a number, "" if it has none of that kind.
func variant(value json.RawMessage, kind string) string {
	var variants []struct{ Match map[string]string }
	if json.Unmarshal(value, &variants) != nil {
		return ""
	}
	for _, variant := range variants {
		for when, text := range variant.Match {
			if strings.HasSuffix(when, kind) {
				return text
			}
		}
	}
	return ""
}
