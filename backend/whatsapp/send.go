package whatsapp

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"

	"waflow/backend/domain"
)

// sendTries is how often a message is encrypted anew because a session changed while keys were fetched.
const sendTries = 5

// Send sends a message with the id and the content it was composed with and returns when WhatsApp has it, after 20 s at
// most, or when ctx ends.
//
// Errors are *domain.Error:
//   - CodeSendFailed: refused for good; Detail "code" is WhatsApp's number, 463 for example.
//   - CodeRecipientUnknown: the number is not on WhatsApp. For good, too.
//   - CodeInvalid: nothing that could ever be sent.
//   - CodeNotConnected: nothing has been sent; it can go again when the device is connected.
//   - CodeSendUncertain: it may have arrived. Sending it again with the same id does no harm.
//   - CodeStorageFailed: the session file refused; nothing has been sent.
func (c *Client) Send(ctx context.Context, out domain.Outgoing) (domain.SendResult, error) {
	if !c.begin() {
		return domain.SendResult{}, notConnected(errClosed)
	}
	defer c.work.Done()
	ctx, cancel := c.within(ctx)
	defer cancel()

	message := &waE2E.Message{}
	if err := proto.Unmarshal(out.Payload, message); err != nil || len(out.Payload) == 0 || out.WAID == "" {
		return domain.SendResult{}, invalid("The message can't be sent: it has no content or no id.", err)
	}
	to, err := c.recipient(ctx, out.To)
	if err != nil {
		return domain.SendResult{}, err
	}
	for try := 1; ; try++ {
		at, err := c.sendOnce(ctx, to, out.WAID, message, try > 1)
		if errors.Is(err, errSessionMoved) && try < sendTries {
			continue
		}
		return domain.SendResult{At: at}, err
	}
}

// sendOnce sends once. insist holds up what arrives until the message is encrypted.
func (c *Client) sendOnce(ctx context.Context, to types.JID, waid string, message *waE2E.Message, insist bool) (time.Time, error) {
	ctx, done := c.patience.wait(ctx)
	defer done()
	ctx, sent := beginSending(ctx, insist)
	defer sent()
	response, err := c.wa.SendMessage(ctx, to, message, whatsmeow.SendRequestExtra{ID: waid, Timeout: deadline})
	switch {
	case err == nil:
		return response.Timestamp, nil
	case handedOver(response) && errors.Is(err, whatsmeow.ErrNotConnected):
		return time.Time{}, uncertain(maskedError(err))
	}
	return time.Time{}, sendFailed(ctx, err)
}

// handedOver reports whether a send that failed had gone out once: the library sends again by itself when the connection ends, and what it
// says then is of the second time only.
func handedOver(response whatsmeow.SendResponse) bool {
	return response.DebugTimings.Resp > 0 || response.DebugTimings.Retry > 0
}

// recipient is the JID to send to: the LID where it can be found out, because encryption is by LID; asks WhatsApp once for a
// number that is new here.
func (c *Client) recipient(ctx context.Context, peer domain.Peer) (types.JID, error) {
	number, lid := types.NewJID(peer.Number, types.DefaultUserServer), types.NewJID(peer.LID, types.HiddenUserServer)
	switch {
	case peer.Group != "":
		return types.NewJID(peer.Group, types.GroupServer), nil
	case !c.Linked():
		return types.JID{}, notConnected(whatsmeow.ErrNotLoggedIn)
	case peer.LID != "" && peer.Number != "":
		c.wa.StoreLIDPNMapping(ctx, lid, number)
		return lid, nil
	case peer.LID != "":
		return lid, nil
	case peer.Number == "":
		return types.JID{}, invalid("The message can't be sent: it names nobody.", nil)
	}
	known, err := c.wa.Store.LIDs.GetLIDForPN(ctx, number)
	if err != nil {
		return types.JID{}, storageFailed("The session file can't be read.", err)
	}
	if !known.IsEmpty() {
		return known, nil
	}
	found, err := c.wa.GetUserInfo(ctx, []types.JID{number})
	if err != nil {
		return types.JID{}, notConnected(err)
	}
	if lid = found[number].LID; lid.IsEmpty() {
		return types.JID{}, &domain.Error{Code: domain.CodeRecipientUnknown, Message: "The number is not on WhatsApp."}
	}
	c.learned(domain.InboundIdentity{LID: lid.User, Number: peer.Number})
	return lid, nil
}

// learned hands an identity on. That it could not be stored is no reason not to send; it is found out again.
func (c *Client) learned(identity domain.InboundIdentity) {
	defer c.recovered("identity")
	if err := c.handlers.Receive(c.ctx, domain.Inbound{Identity: &identity}); err != nil {
		c.log.Warn().Str("code", string(domain.CodeOf(err))).Msg("an identity could not be stored")
	}
}

// MarkRead sends the read receipts for messages of one sender. Nobody confirms them. Errors are *domain.Error, as of Send.
func (c *Client) MarkRead(ctx context.Context, mark domain.ReadMark) error {
	if len(mark.WAIDs) == 0 {
		return nil
	}
	if !c.begin() {
		return notConnected(errClosed)
	}
	defer c.work.Done()
	ctx, cancel := c.within(ctx)
	defer cancel()
	chat, sender := receiptJID(mark.Chat), receiptJID(mark.Sender)
	if chat.IsEmpty() {
		return invalid("The read receipt names no chat.", nil)
	}
	if !c.Linked() {
		return notConnected(whatsmeow.ErrNotLoggedIn)
	}
	if err := c.wa.MarkRead(ctx, slices.Clone(mark.WAIDs), mark.At, chat, sender); err != nil {
		return notConnected(err)
	}
	return nil
}

// receiptJID names a chat or a person the way receipts do: by LID where there is one.
func receiptJID(peer domain.Peer) types.JID {
	switch {
	case peer.Group != "":
		return types.NewJID(peer.Group, types.GroupServer)
	case peer.LID != "":
		return types.NewJID(peer.LID, types.HiddenUserServer)
	case peer.Number != "":
		return types.NewJID(peer.Number, types.DefaultUserServer)
	default:
		return types.JID{}
	}
}

// Logout tells WhatsApp to remove this companion from the phone's linked devices, then deletes the session from its file.
// The end of the connection that follows is no event.
// Without an answer within 20 s nothing is deleted and the error is a *domain.Error with CodeNotConnected.
func (c *Client) Logout(ctx context.Context) error {
	if !c.begin() {
		return notConnected(errClosed)
	}
	defer c.work.Done()
	ctx, cancel := c.within(ctx)
	defer cancel()
	if !c.Linked() {
		return nil
	}
	c.leaving.Store(true)
	err := c.wa.Logout(ctx)
	if err == nil || errors.Is(err, errDeleted) || errors.Is(err, whatsmeow.ErrNotLoggedIn) {
		c.linked.Store(false)
		c.Disconnect()
		return nil
	}
	c.leaving.Store(false)
	return notConnected(err)
}

// sendFailed says what an error of SendMessage means for the message.
func sendFailed(ctx context.Context, err error) error {
	cause := maskedError(err)
	switch {
	case errors.Is(err, errSessionMoved):
		return fmt.Errorf("%w: %w", errSessionMoved, uncertain(cause))
	case errors.Is(err, whatsmeow.ErrServerReturnedError):
		return refused(err)
	case errors.Is(err, whatsmeow.ErrNotConnected), errors.Is(err, whatsmeow.ErrNotLoggedIn):
		return notConnected(cause)
	case errors.Is(err, whatsmeow.ErrBroadcastListUnsupported), errors.Is(err, whatsmeow.ErrUnknownServer):
		return invalid("The message can't be sent to this kind of chat.", cause)
	case errors.Is(context.Cause(ctx), errHurried):
		return uncertain(errHurried)
	default:
		return uncertain(cause)
	}
}

// refused reads the number at the end of the library's error. Numbers of a server that is busy or failing, and of one that
// wants us to slow down, mean "not now"; all others "never".
func refused(err error) error {
	text := err.Error()
	code, convErr := strconv.Atoi(text[strings.LastIndexByte(text, ' ')+1:])
	if convErr != nil || code == 408 || code == 429 || code >= 500 {
		return uncertain(maskedError(err))
	}
	return &domain.Error{
		Code:    domain.CodeSendFailed,
		Message: "WhatsApp refused the message.",
		Detail:  map[string]string{"code": strconv.Itoa(code)},
		Err:     maskedError(err),
	}
}

func notConnected(cause error) *domain.Error {
	return &domain.Error{Code: domain.CodeNotConnected, Message: "The device is not connected.", Err: maskedError(cause)}
}

func uncertain(cause error) *domain.Error {
	return &domain.Error{Code: domain.CodeSendUncertain, Message: "WhatsApp has not confirmed the message.", Err: maskedError(cause)}
}

func invalid(sentence string, cause error) *domain.Error {
	return &domain.Error{Code: domain.CodeInvalid, Message: sentence, Err: maskedError(cause)}
}

// maskedErr is an error of the library whose sentence may name people.
type maskedErr struct{ err error }

func maskedError(err error) error {
	if err == nil {
		return nil
	}
	return maskedErr{err: err}
}

func (e maskedErr) Error() string { return maskText(shorten(e.err.Error())) }

func (e maskedErr) Unwrap() error { return e.err }
