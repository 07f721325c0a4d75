package bridge_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"waflow/backend/bridge"
	"waflow/backend/domain"
	"waflow/backend/events"
	"waflow/backend/fleet"
	"waflow/backend/inbox"
	"waflow/backend/settings"
)

const token = "correct-horse-battery-staple-0123456789"

// kept keeps settings in memory.
type kept struct {
	mu  sync.Mutex
	now domain.Settings
}

func (k *kept) Settings(context.Context) (domain.Settings, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.now, nil
}

func (k *kept) SetSettings(_ context.Context, s domain.Settings) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.now = s
	return nil
}

// triedPool answers TryNow by the device's number and does nothing else.
type triedPool struct{ fleet.Pool }

func (triedPool) TryNow(id domain.DeviceID) error {
	switch id {
	case 1:
		return nil
	case 2:
		return &domain.Error{Code: domain.CodeNotConnected, Message: "It is paused.", Detail: map[string]string{"why": "paused"}, Action: domain.ActionRetry}
	case 3:
		return errors.New("open /home/ana/waflow.db: +34 600 000 001")
	default:
		panic("the text of a message")
	}
}

// served is a handler on a real listener, and a browser that has been let in.
type served struct {
	url     string
	bus     *events.Bus
	log     *bytes.Buffer
	browser *http.Client
}

func serve(t *testing.T) served {
	t.Helper()
	s := served{bus: events.NewBus(events.Limits{}), log: &bytes.Buffer{}}
	facades := bridge.NewFacades()
	facades.Attach(bridge.Services{
		Info:     bridge.AppInfo{Version: "1.2.3", Mode: "serve"},
		Bus:      s.bus,
		Fleet:    fleet.New(nil, triedPool{}, s.bus, func(domain.Subaccount) {}),
		Inbox:    inbox.New(nil, nil, nil, nil, nil, time.Now),
		Settings: settings.New(&kept{now: domain.DefaultSettings()}, s.bus, func(domain.Settings) {}),
		Logger:   zerolog.New(s.log),
	})
	listener, err := bridge.Listen(t.Context(), "127.0.0.1:0")
	require.NoError(t, err)
	server := httptest.NewUnstartedServer(bridge.Handler(bridge.Config{
		Facades: facades, Bus: s.bus, Token: token, Address: listener.Addr().String(),
		Assets: fstest.MapFS{
			"index.html":          {Data: []byte("<!doctype html><title>Waflow</title>")},
			"assets/app-1a2b.js":  {Data: []byte("export {}")},
			"assets/app-1a2b.css": {Data: []byte("body{}")},
			"secret/.env":         {Data: []byte("x")},
		},
	}))
	require.NoError(t, server.Listener.Close())
	server.Listener = listener
	base, end := context.WithCancel(context.Background())
	server.Config.BaseContext = func(net.Listener) context.Context { return base }
	server.Start()
	t.Cleanup(func() {
		end()
		server.Close()
		requireNoSockets(t)
	})
	s.url = server.URL
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	s.browser = &http.Client{Jar: jar}
	return s
}

// requireNoSockets waits until no goroutine serves a socket any more.
func requireNoSockets(t *testing.T) {
	t.Helper()
	var left atomic.Value
	defer func() {
		if t.Failed() {
			t.Log(left.Load())
		}
	}()
	require.Eventually(t, func() bool {
		buf := make([]byte, 1<<20)
		for stack := range strings.SplitSeq(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
			if strings.Contains(stack, "bridge.(*handler).socket") {
				left.Store(stack)
				return false
			}
		}
		return true
	}, 10*time.Second, 5*time.Millisecond, "a goroutine is left")
}

func (s served) enter(t *testing.T) served {
	t.Helper()
	answer, err := s.browser.Get(s.url + "/?token=" + token)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, http.StatusOK, answer.StatusCode)
	return s
}

// request is one request and how it differs from that of our own page.
type request struct {
	method, path, host, body string
	headers                  map[string]string
}

func (s served) do(t *testing.T, r request) (int, string, http.Header) {
	t.Helper()
	if r.method == "" {
		r.method = http.MethodPost
	}
	out, err := http.NewRequestWithContext(t.Context(), r.method, s.url+r.path, strings.NewReader(r.body))
	require.NoError(t, err)
	out.Header.Set("X-Waflow", "1")
	out.Header.Set("Content-Type", "application/json")
	for name, value := range r.headers {
		if value == "" {
			out.Header.Del(name)
		} else {
			out.Header.Set(name, value)
		}
	}
	if r.host != "" {
		out.Host = r.host
	}
	answer, err := s.browser.Do(out)
	require.NoError(t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return answer.StatusCode, string(text), answer.Header
}

func problem(t *testing.T, text string) bridge.Problem {
	t.Helper()
	var p bridge.Problem
	require.NoError(t, json.Unmarshal([]byte(text), &p), text)
	return p
}

func TestCallsAnswerTheResultOrAProblem(t *testing.T) {
	s := serve(t).enter(t)
	tests := map[string]struct {
		path, body string
		status     int
		code       domain.Code
	}{
		"with a result":               {"Settings.Get", `[]`, 200, ""},
		"without one":                 {"Fleet.TryNow", `[1]`, 200, ""},
		"spaces around":               {"Fleet.TryNow", " [ 1 ] \n", 200, ""},
		"a coded error":               {"Fleet.TryNow", `[2]`, 503, domain.CodeNotConnected},
		"an error of ours":            {"Fleet.TryNow", `[3]`, 500, domain.CodeInternal},
		"a panic":                     {"Fleet.TryNow", `[4]`, 500, domain.CodeInternal},
		"a part that is missing":      {"Fleet.Pause", `[4]`, 500, domain.CodeInternal},
		"no such method":              {"Fleet.Explode", `[]`, 404, domain.CodeNotFound},
		"no such facade":              {"Engine.Close", `[]`, 404, domain.CodeNotFound},
		"a method of the embedding":   {"Facades.Attach", `[]`, 404, domain.CodeNotFound},
		"too few arguments":           {"Fleet.TryNow", `[]`, 400, domain.CodeInvalid},
		"too many":                    {"Fleet.TryNow", `[1,2]`, 400, domain.CodeInvalid},
		"the wrong kind":              {"Fleet.TryNow", `["1"]`, 400, domain.CodeInvalid},
		"a fraction":                  {"Fleet.TryNow", `[1.5]`, 400, domain.CodeInvalid},
		"a number out of range":       {"Fleet.TryNow", `[1e40]`, 400, domain.CodeInvalid},
		"null":                        {"Fleet.TryNow", `[null]`, 400, domain.CodeInvalid},
		"null for the list":           {"Settings.Get", `null`, 400, domain.CodeInvalid},
		"an object for the list":      {"Fleet.TryNow", `{"0":1}`, 400, domain.CodeInvalid},
		"an unknown field":            {"Settings.Set", `[{"theme":"dark","language":"","notifyOfflineAfterMs":0,"readReceipts":true,"admin":true}]`, 400, domain.CodeInvalid},
		"more after the list":         {"Fleet.TryNow", `[1][1]`, 400, domain.CodeInvalid},
		"no JSON":                     {"Fleet.TryNow", `hello`, 400, domain.CodeInvalid},
		"nothing":                     {"Fleet.TryNow", ``, 400, domain.CodeInvalid},
		"refused by the use case":     {"Settings.Set", `[{"theme":"neon","language":"","notifyOfflineAfterMs":0,"readReceipts":true}]`, 400, domain.CodeInvalid},
		"milliseconds that overflow":  {"Settings.Set", `[{"theme":"dark","language":"","notifyOfflineAfterMs":9223372036854775807,"readReceipts":true}]`, 400, domain.CodeInvalid},
		"the demo outside of it":      {"Demo.State", `[]`, 404, domain.CodeNotFound},
		"a link that starts programs": {"App.OpenLink", `["ms-msdt:/id"]`, 400, domain.CodeInvalid},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			status, text, header := s.do(t, request{path: "/api/call/" + tt.path, body: tt.body})
			require.Equal(t, tt.status, status, text)
			require.Equal(t, "application/json; charset=utf-8", header.Get("Content-Type"))
			require.Equal(t, "no-store", header.Get("Cache-Control"))
			if tt.code != "" {
				p := problem(t, text)
				require.Equal(t, string(tt.code), p.Code)
				require.NotEmpty(t, p.Message)
				require.NotNil(t, p.Detail)
			}
		})
	}
	require.NotContains(t, s.log.String(), "the text of a message", "a panic's value is not logged")
	require.Contains(t, s.log.String(), "Fleet.TryNow")
	require.NotContains(t, s.log.String(), "600 000")
}

func TestErrorsOfOursKeepTheirTextToThemselves(t *testing.T) {
	s := serve(t).enter(t)
	_, text, _ := s.do(t, request{path: "/api/call/Fleet.TryNow", body: `[3]`})
	require.NotContains(t, text, "waflow.db")
	require.NotContains(t, text, "600")
}

func TestProblemCarriesDetailAndAction(t *testing.T) {
	s := serve(t).enter(t)
	_, text, _ := s.do(t, request{path: "/api/call/Fleet.TryNow", body: `[2]`})
	require.Equal(t, bridge.Problem{Code: "not_connected", Message: "It is paused.", Detail: map[string]string{"why": "paused"}, Action: "retry"}, problem(t, text))
}

func TestSettingsSetIsGotBack(t *testing.T) {
	s := serve(t).enter(t)
	want := `{"theme":"dark","language":"en","notifyOfflineAfterMs":60000,"readReceipts":false,"notify":"on","quiet":{"on":true,"from":1320,"to":420,"attention":true},"notifyPausedUntil":5,"notifySound":true,"keepAwake":true,"undoMs":3000,"closeQuits":true}`
	status, text, _ := s.do(t, request{path: "/api/call/Settings.Set", body: "[" + want + "]"})
	require.Equal(t, 200, status, text)
	_, text, _ = s.do(t, request{path: "/api/call/Settings.Get", body: "[]"})
	require.JSONEq(t, want, text)
}

func TestBodiesAreBounded(t *testing.T) {
	s := serve(t).enter(t)
	fits, err := json.Marshal([]any{1, strings.Repeat("\"", domain.MaxTextBytes)})
	require.NoError(t, err)
	status, _, _ := s.do(t, request{path: "/api/call/Inbox.SetDraft", body: string(fits)})
	require.NotEqual(t, http.StatusRequestEntityTooLarge, status, "64 KiB of quotation marks fit")

	status, text, _ := s.do(t, request{path: "/api/call/Inbox.SetDraft", body: `[1,"` + strings.Repeat("x", 300<<10) + `"]`})
	require.Equal(t, http.StatusRequestEntityTooLarge, status)
	require.Equal(t, string(domain.CodeTextTooLong), problem(t, text).Code)
}

func TestOnlyOurOwnPageMayCall(t *testing.T) {
	inside, outside := serve(t).enter(t), serve(t)
	own := strings.TrimPrefix(inside.url, "http://")
	port := own[strings.LastIndex(own, ":"):]
	call := request{path: "/api/call/Settings.Get", body: "[]"}
	with := func(name, value string) request {
		r := call
		r.headers = map[string]string{name: value}
		return r
	}
	hosted := func(host string) request {
		r := call
		r.host = host
		return r
	}
	tests := map[string]struct {
		from   served
		r      request
		status int
	}{
		"our page":                       {inside, with("Origin", inside.url), 200},
		"a program with the token":       {inside, call, 200},
		"localhost with the cookie lost": {inside, hosted("localhost" + port), 401},
		"no cookie":                      {outside, call, 401},
		"wrong cookie":                   {outside, with("Cookie", "waflow_token"+strings.Replace(port, ":", "_", 1)+"=wrong"), 401},
		"empty cookie":                   {outside, with("Cookie", "waflow_token=; waflow_token_="), 401},
		"token as bearer":                {outside, with("Authorization", "Bearer "+token), 401},
		"another host":                   {inside, hosted("evil.example" + port), 421},
		"our host on another port":       {inside, hosted("127.0.0.1:1"), 421},
		"our host without a port":        {inside, hosted("127.0.0.1"), 421},
		"a host that begins as ours":     {inside, hosted("127.0.0.1.evil.example" + port), 421},
		"another origin":                 {inside, with("Origin", "http://evil.example"), 403},
		"another port's page":            {inside, with("Origin", "http://127.0.0.1:1"), 403},
		"our origin, but https":          {inside, with("Origin", "https://"+own), 403},
		"an opaque origin":               {inside, with("Origin", "null"), 403},
		"same site, other port":          {inside, with("Sec-Fetch-Site", "same-site"), 403},
		"cross site":                     {inside, with("Sec-Fetch-Site", "cross-site"), 403},
		"no X-Waflow":                    {inside, with("X-Waflow", ""), 403},
		"another X-Waflow":               {inside, with("X-Waflow", "0"), 403},
		"a form":                         {inside, with("Content-Type", "application/x-www-form-urlencoded"), 403},
		"a form that pretends":           {inside, with("Content-Type", "text/plain;application/json"), 403},
		"GET":                            {inside, request{method: http.MethodGet, path: call.path}, 404},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			status, text, _ := tt.from.do(t, tt.r)
			require.Equal(t, tt.status, status, text)
			if status != 200 {
				require.NotEmpty(t, problem(t, text).Code)
			}
		})
	}
}

func TestTokenOpensTheDoorOnce(t *testing.T) {
	s := serve(t)
	s.browser.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	for _, path := range []string{"/", "/?token=wrong", "/?token=", "/index.html?token=" + token, "/assets/app-1a2b.js"} {
		status, text, _ := s.do(t, request{method: http.MethodGet, path: path})
		require.NotEqual(t, 200, status, path)
		require.NotEqual(t, 303, status, path)
		require.NotContains(t, text, token)
	}
	status, _, header := s.do(t, request{method: http.MethodGet, path: "/?token=" + token})
	require.Equal(t, http.StatusSeeOther, status)
	require.Equal(t, "/", header.Get("Location"))
	cookie, err := http.ParseSetCookie(header.Get("Set-Cookie"))
	require.NoError(t, err)
	require.True(t, cookie.HttpOnly)
	require.Equal(t, http.SameSiteStrictMode, cookie.SameSite)
	require.Equal(t, "/", cookie.Path)
	require.Contains(t, cookie.Name, "waflow_token")

	status, text, _ := s.do(t, request{method: http.MethodGet, path: "/"})
	require.Equal(t, 200, status)
	require.Contains(t, text, "<title>Waflow</title>")
}

func TestHealthNeedsNoTokenButTheRightHost(t *testing.T) {
	s := serve(t)
	status, text, _ := s.do(t, request{method: http.MethodGet, path: "/api/health"})
	require.Equal(t, 200, status)
	require.JSONEq(t, `{"ok":true}`, text)
	status, _, _ = s.do(t, request{method: http.MethodGet, path: "/api/health", host: "evil.example"})
	require.Equal(t, http.StatusMisdirectedRequest, status)
}

func TestAssets(t *testing.T) {
	s := serve(t).enter(t)
	s.browser.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	tests := []struct {
		path   string
		status int
		kind   string
	}{
		{"/", 200, "text/html; charset=utf-8"},
		{"/assets/app-1a2b.js", 200, "text/javascript; charset=utf-8"},
		{"/assets/app-1a2b.css", 200, "text/css; charset=utf-8"},
		{"/assets/", 404, ""},
		{"/assets", 404, ""},
		{"/missing.js", 404, ""},
		{"/%2e%2e/handler_test.go", 404, ""},
		{"/..%2f..%2fgo.mod", 404, ""},
		{"/assets/..%5c..%5cgo.mod", 404, ""},
		{"/%00", 404, ""},
		{"/C:/windows/win.ini", 404, ""},
	}
	for _, tt := range tests {
		status, text, header := s.do(t, request{method: http.MethodGet, path: tt.path})
		if status == http.StatusTemporaryRedirect || status == http.StatusMovedPermanently {
			status, text, header = s.do(t, request{method: http.MethodGet, path: header.Get("Location")})
		}
		require.Equal(t, tt.status, status, tt.path)
		require.NotContains(t, text, "module waflow", tt.path)
		if tt.kind != "" {
			require.Equal(t, tt.kind, header.Get("Content-Type"), tt.path)
		}
	}
	status, _, _ := s.do(t, request{method: http.MethodPost, path: "/"})
	require.Equal(t, http.StatusMethodNotAllowed, status)
}

func TestEveryAnswerKeepsThePageToItself(t *testing.T) {
	s := serve(t)
	for _, path := range []string{"/", "/api/health", "/api/call/Settings.Get", "/api/nothing", "/nothing"} {
		_, _, header := s.do(t, request{method: http.MethodGet, path: path})
		policy := header.Get("Content-Security-Policy")
		require.Contains(t, policy, "default-src 'none'", path)
		require.Contains(t, policy, "script-src 'self';", path)
		require.Contains(t, policy, "frame-ancestors 'none'", path)
		require.NotContains(t, policy, "unsafe", path)
		require.Equal(t, "nosniff", header.Get("X-Content-Type-Options"), path)
		require.Equal(t, "no-referrer", header.Get("Referrer-Policy"), path)
	}
}
