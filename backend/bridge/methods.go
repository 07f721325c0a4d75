package bridge

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"reflect"

	"waflow/backend/domain"
)

// method is one call as it comes over HTTP: a facade's method with JSON arguments.
type method struct {
	name string // "Fleet.Pause"
	call reflect.Value
}

// methods returns every method of the facades by its name on the wire.
func (f *Facades) methods() map[string]method {
	out := map[string]method{}
	for _, facade := range f.all {
		value := reflect.ValueOf(facade)
		for i := range value.NumMethod() {
			name := value.Elem().Type().Name() + "." + value.Type().Method(i).Name
			out[name] = method{name: name, call: value.Method(i)}
		}
	}
	return out
}

// invoke decodes the arguments, calls the method, and returns its result, nil if it has none. Errors are callErrors.
func (m method) invoke(arguments []byte) (any, error) {
	in, err := m.decode(arguments)
	if err != nil {
		return nil, asCallError(err)
	}
	out := m.call.Call(in)
	if err, ok := out[len(out)-1].Interface().(error); ok && err != nil {
		return nil, asCallError(err)
	}
	if len(out) == 1 {
		return nil, nil
	}
	return out[0].Interface(), nil
}

// decode reads exactly the arguments that the method takes; what is missing, too many, null or unknown is refused.
func (m method) decode(arguments []byte) ([]reflect.Value, error) {
	var raw []json.RawMessage
	if err := strict(arguments, &raw); err != nil || raw == nil {
		return nil, badArguments("The arguments are no JSON list.")
	}
	signature := m.call.Type()
	if len(raw) != signature.NumIn() {
		return nil, badArguments(fmt.Sprintf("%s takes %d arguments, not %d.", m.name, signature.NumIn(), len(raw)))
	}
	in := make([]reflect.Value, len(raw))
	for i := range raw {
		value := reflect.New(signature.In(i))
		if bytes.Equal(raw[i], []byte("null")) || strict(raw[i], value.Interface()) != nil {
			return nil, badArguments(fmt.Sprintf("Argument %d of %s is not what it takes.", i+1, m.name))
		}
		in[i] = value.Elem()
	}
	return in, nil
}

// strict decodes one JSON value and nothing after it, without unknown fields.
func strict(text []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return fmt.Errorf("more follows the value: %w", err)
	}
	return nil
}

func badArguments(message string) error {
	return &domain.Error{Code: domain.CodeInvalid, Message: message, Detail: map[string]string{"field": "arguments"}}
}
