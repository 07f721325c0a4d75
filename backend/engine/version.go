package engine

import (
	"context"

	"waflow/backend/domain"
)

// The version of WhatsApp that was looked up is kept once it let a device in, and forgotten when it is refused: the next start does not
// begin with a refusal, and what WhatsApp takes back does not stay.

// useKeptVersion has what was kept by an earlier run hold. One that can't be read is looked up again when it is needed.
func (e *Engine) useKeptVersion(ctx context.Context) {
	kept, err := e.store.KeptVersion(ctx)
	if err != nil {
		e.log.Warn().Err(err).Msg("WhatsApp's version could not be read")
		return
	}
	e.service.UseVersion(kept)
}

// renewVersion looks up WhatsApp's present version the way that a device's connections take: the present one was refused.
func (e *Engine) renewVersion(ctx context.Context, by domain.DeviceID) (bool, error) {
	if err := e.store.KeepVersion(ctx, [3]uint32{}); err != nil {
		e.log.Warn().Err(err).Msg("a version that WhatsApp refuses is still kept")
	}
	newer, err := e.service.RenewVersion(ctx, func(ctx context.Context) (domain.Proxy, error) { return e.proxies.Of(ctx, by) })
	if newer {
		e.renewed.Store(true)
	}
	return newer, err
}

// keepVersion keeps a version that was looked up when it has let a device in.
func (e *Engine) keepVersion(ctx context.Context, change domain.StateChange) {
	if change.To.Status != domain.StatusConnected || !e.renewed.CompareAndSwap(true, false) {
		return
	}
	if err := e.store.KeepVersion(ctx, e.service.Version()); err != nil {
		e.renewed.Store(true)
		e.log.Warn().Err(err).Msg("WhatsApp's version was not kept")
	}
}
