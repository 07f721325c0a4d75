package whatsapp

import (
	"context"
	"io"
	"net/http"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/store"
)

// maxFrontPage is how many bytes of WhatsApp's front page are read; the version comes long before.
const maxFrontPage = 8 << 20

// Version returns the version of WhatsApp that this process says it is, in its three parts.
func (s *Service) Version() [3]uint32 {
	s.version.RLock()
	defer s.version.RUnlock()
	return store.GetWAVersion()
}

// RenewVersion looks up WhatsApp's present version and says from the next dial on that we are that one. It reports whether that is newer
// than what we said before; an older one is not believed. It waits for dials that are on their way, because the library reads the version
// without a lock; ctx bounds the look-up. proxy names the way it takes, as SessionHandlers.Proxy does.
func (s *Service) RenewVersion(ctx context.Context, proxy ProxyFunc) (newer bool, err error) {
	way := s.newRoute(proxy)
	defer way.retire()
	client := http.Client{Timeout: dialTimeout, Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		answer, err := s.clock.watch(way).RoundTrip(r)
		if err == nil {
			answer.Body = limited{Reader: io.LimitReader(answer.Body, maxFrontPage), Closer: answer.Body}
		}
		return answer, err
	})}
	latest, err := whatsmeow.GetLatestVersion(ctx, &client)
	if err != nil {
		return false, maskedError(err)
	}
	return s.UseVersion(*latest), nil
}

// UseVersion says from the next dial on that we are this version of WhatsApp, in its three parts, if it is newer than what we said before,
// and reports whether it is. It waits for dials that are on their way.
func (s *Service) UseVersion(v [3]uint32) (newer bool) {
	s.version.Lock()
	defer s.version.Unlock()
	if !store.GetWAVersion().LessThan(v) {
		return false
	}
	store.SetWAVersion(v)
	return true
}

// limited is a body that ends early.
type limited struct {
	io.Reader
	io.Closer
}
