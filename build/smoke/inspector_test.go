//go:build window

package smoke

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"time"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"
)

// inspector looks into the page of a running window through WebKit's remote inspector, which WebKitGTK opens in any build
// when WEBKIT_INSPECTOR_HTTP_SERVER is set. The list of pages is an HTML page; each page has a WebSocket that speaks the
// inspector protocol, wrapped in messages to and from a target.
type inspector struct {
	socket *websocket.Conn
	target string
	lastID int
}

var (
	errThrown = errors.New("the page threw")

	socketPath = regexp.MustCompile(`/socket/\d+/\d+/WebPage`)
)

// dialInspector waits until the window shows a page and connects to it.
func dialInspector(ctx context.Context, address string) (*inspector, error) {
	path, err := pagePath(ctx, address)
	if err != nil {
		return nil, err
	}
	socket, _, err := websocket.Dial(ctx, "ws://"+address+path, nil)
	if err != nil {
		return nil, fmt.Errorf("inspector: %w", err)
	}
	socket.SetReadLimit(-1)
	i := &inspector{socket: socket}
	return i, i.awaitTarget(ctx)
}

func pagePath(ctx context.Context, address string) (string, error) {
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	for {
		if path := socketPath.FindString(pageList(ctx, address)); path != "" {
			return path, nil
		}
		select {
		case <-ctx.Done():
			return "", fmt.Errorf("no page opened at the inspector: %w", ctx.Err())
		case <-ticker.C:
		}
	}
}

// pageList answers nothing while the inspector is not up yet.
func pageList(ctx context.Context, address string) string {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/", http.NoBody)
	if err != nil {
		return ""
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return ""
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return ""
	}
	return string(body)
}

type envelope struct {
	Method string `json:"method"`
	Params struct {
		TargetInfo struct {
			TargetID string `json:"targetId"`
			Type     string `json:"type"`
		} `json:"targetInfo"`
		Message string `json:"message"`
	} `json:"params"`
}

func (i *inspector) awaitTarget(ctx context.Context) error {
	for {
		var message envelope
		if err := wsjson.Read(ctx, i.socket, &message); err != nil {
			return fmt.Errorf("inspector: %w", err)
		}
		if message.Method == "Target.targetCreated" && message.Params.TargetInfo.Type == "page" {
			i.target = message.Params.TargetInfo.TargetID
			return nil
		}
	}
}

// answer of Runtime.evaluate.
type answer struct {
	ID     int `json:"id"`
	Result struct {
		Result struct {
			Value       json.RawMessage `json:"value"`
			Description string          `json:"description"`
		} `json:"result"`
		WasThrown bool `json:"wasThrown"`
	} `json:"result"`
	Error *struct {
		Message string `json:"message"`
	} `json:"error"`
}

// evaluate runs an expression in the page and decodes its value, which has to be plain data.
func (i *inspector) evaluate(ctx context.Context, expression string, value any) error {
	i.lastID++
	inner, err := json.Marshal(map[string]any{
		"id": i.lastID, "method": "Runtime.evaluate",
		"params": map[string]any{"expression": expression, "returnByValue": true},
	})
	if err != nil {
		return err
	}
	if err := wsjson.Write(ctx, i.socket, map[string]any{
		"id": i.lastID, "method": "Target.sendMessageToTarget",
		"params": map[string]any{"targetId": i.target, "message": string(inner)},
	}); err != nil {
		return fmt.Errorf("inspector: %w", err)
	}
	got, err := i.answerTo(ctx, i.lastID)
	switch {
	case err != nil:
		return err
	case got.Error != nil:
		return fmt.Errorf("%w: %s", errThrown, got.Error.Message)
	case got.Result.WasThrown:
		return fmt.Errorf("%w: %s in %s", errThrown, got.Result.Result.Description, expression)
	case len(got.Result.Result.Value) == 0:
		return nil
	}
	return json.Unmarshal(got.Result.Result.Value, value)
}

func (i *inspector) answerTo(ctx context.Context, id int) (answer, error) {
	for {
		var message envelope
		if err := wsjson.Read(ctx, i.socket, &message); err != nil {
			return answer{}, fmt.Errorf("inspector: %w", err)
		}
		if message.Method != "Target.dispatchMessageFromTarget" {
			continue
		}
		var got answer
		if err := json.Unmarshal([]byte(message.Params.Message), &got); err != nil {
			return answer{}, fmt.Errorf("inspector: %w", err)
		}
		if got.ID == id {
			return got, nil
		}
	}
}

func (i *inspector) close() error { return i.socket.CloseNow() }
