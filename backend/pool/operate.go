package pool

import (
	"context"
	"io"
	"time"

	"waflow/backend/device"
	"waflow/backend/domain"
	"waflow/backend/panics"
)

// TryNow dials a device that waits, or that was refused, at once. Errors: CodeNotFound; CodeConflict when a dial can't help.
func (p *Pool) TryNow(id domain.DeviceID) error { return p.ask(id, device.TryNow) }

// Pause stops a device until Resume. Errors: CodeNotFound; CodeConflict when it is stopped already; CodeLinkBusy.
func (p *Pool) Pause(id domain.DeviceID) error { return p.ask(id, device.Pause) }

// Resume dials a paused device again. Errors: CodeNotFound.
func (p *Pool) Resume(id domain.DeviceID) error { return p.ask(id, device.Resume) }

// TakeBack takes the session back from another program that uses it. Errors: CodeNotFound; CodeConflict when none does.
func (p *Pool) TakeBack(id domain.DeviceID) error { return p.ask(id, device.TakeBack) }

// CheckNow looks again whether the cause still holds. Errors: as TryNow.
func (p *Pool) CheckNow(id domain.DeviceID) error { return p.ask(id, device.CheckNow) }

// Reroute has a device's connection made anew, because the proxy is another one now. Errors: CodeNotFound; CodeLinkBusy.
func (p *Pool) Reroute(id domain.DeviceID) error { return p.ask(id, device.Reroute) }

// ask gives a person's request to a device and returns whether it was refused. The supervisor answers without waiting for anything.
func (p *Pool) ask(id domain.DeviceID, kind device.InputKind) error {
	return p.call(id, func(s *supervisor) error { return s.feed(device.Input{Kind: kind}) })
}

// call runs something in a device's supervisor.
func (p *Pool) call(id domain.DeviceID, f func(s *supervisor) error) error {
	s, err := p.find(id)
	if err != nil {
		return err
	}
	if !p.running() {
		return stopping()
	}
	reply := make(chan error, 1)
	do := func() (err error) {
		defer panics.Into(&err, "a request panicked")
		return f(s)
	}
	if !s.box.post(func() { reply <- do() }) {
		return stopping()
	}
	return <-reply
}

// running reports whether the supervisors run, and gives a Run that is about to begin its time: who opens the application may be faster.
func (p *Pool) running() bool {
	t := time.NewTimer(beginWithin)
	defer t.Stop()
	select {
	case <-p.started:
		return true
	case <-p.stopping:
		return false
	case <-t.C:
		return false
	}
}

func stopping() error {
	return &domain.Error{Code: domain.CodeNotConnected, Message: "the devices are not running"}
}

// Unlink tells WhatsApp to remove this companion from the phone, and returns when that is done. Conversations stay. Errors: CodeNotFound; CodeConflict
// when there is no link; CodeNotConnected when WhatsApp can't be told or did not answer: then nothing has changed.
func (p *Pool) Unlink(ctx context.Context, id domain.DeviceID) error {
	done := make(chan error, 1)
	err := p.call(id, func(s *supervisor) error {
		if err := s.feed(device.Input{Kind: device.Unlink}); err != nil {
			return err
		}
		s.unlink = append(s.unlink, done)
		return nil
	})
	if err != nil {
		return err
	}
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Ready reports whether a device can send right now.
func (p *Pool) Ready(id domain.DeviceID) bool {
	_, err := p.sender(id)
	return err == nil
}

// Send sends a message from a device and returns when WhatsApp has it. Errors: CodeNotFound; CodeNotConnected; those of Client.Send.
func (p *Pool) Send(ctx context.Context, id domain.DeviceID, out domain.Outgoing) (domain.SendResult, error) {
	client, err := p.sender(id)
	if err != nil {
		return domain.SendResult{}, err
	}
	return client.Send(ctx, out)
}

// MarkRead sends a read receipt from the device that carried the messages. Errors: as Send.
func (p *Pool) MarkRead(ctx context.Context, mark domain.ReadMark) error {
	client, err := p.sender(mark.Ref.Device)
	if err != nil {
		return err
	}
	return client.MarkRead(ctx, mark)
}

// History fetches a piece of history over a device's connection. Errors: as Send, and those of Client.History.
func (p *Pool) History(ctx context.Context, id domain.DeviceID, notice domain.InboundHistory, take func(domain.Past) error) error {
	client, err := p.sender(id)
	if err != nil {
		return err
	}
	return client.History(ctx, notice, take)
}

// AskOlder asks the phone of a device for older messages. Errors: as Send.
func (p *Pool) AskOlder(ctx context.Context, id domain.DeviceID, what domain.Older) error {
	client, err := p.sender(id)
	if err != nil {
		return err
	}
	return client.AskOlder(ctx, what)
}

// HistoryKept tells the phone of a device that a piece of history is kept. Errors: as Send.
func (p *Pool) HistoryKept(ctx context.Context, id domain.DeviceID, notice domain.InboundHistory) error {
	client, err := p.sender(id)
	if err != nil {
		return err
	}
	return client.HistoryKept(ctx, notice)
}

// Fetch fetches the file of a message by the device that the job names. Errors: as Send, and those of Client.Fetch.
func (p *Pool) Fetch(ctx context.Context, job domain.MediaJob, into domain.MediaFile) error {
	client, err := p.sender(job.Ref.Device)
	if err != nil {
		return err
	}
	return client.Fetch(ctx, job, into)
}

// Upload uploads the file of a message by the device that the job names. Errors: as Send, and those of Client.Upload.
func (p *Pool) Upload(ctx context.Context, job domain.UploadJob, plain io.Reader, scratch domain.MediaFile, sent func(int64)) (domain.Uploaded, error) {
	client, err := p.sender(job.Ref.Device)
	if err != nil {
		return domain.Uploaded{}, err
	}
	return client.Upload(ctx, job, plain, scratch, sent)
}

func (p *Pool) sender(id domain.DeviceID) (Client, error) {
	s, err := p.find(id)
	if err != nil {
		return nil, err
	}
	if n := s.ready.Load(); n != nil {
		if client := n.sender(); client != nil {
			return client, nil
		}
	}
	return nil, &domain.Error{Code: domain.CodeNotConnected, Message: "the device is not connected; the message waits until it is"}
}
