package wasim

import (
	"crypto/ecdh"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"maps"
	"sort"
	"strconv"
	"strings"
	"sync/atomic"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/util/keys"
)

// attrs shortens the literals of this package.
type attrs = waBinary.Attrs

// idCounter makes the ids of stanzas that the server starts.
type idCounter struct{ last atomic.Uint64 }

func (c *idCounter) next() string { return "wasim-" + strconv.FormatUint(c.last.Add(1), 10) }

// element builds a node with children.
func element(tag string, a attrs, children ...waBinary.Node) waBinary.Node {
	n := waBinary.Node{Tag: tag, Attrs: a}
	if len(children) > 0 {
		n.Content = children
	}
	return n
}

// data builds a node whose content is bytes. Clients read content as bytes, never as a string.
func data(tag string, content []byte) waBinary.Node {
	return waBinary.Node{Tag: tag, Content: content}
}

// iqResult answers an iq.
func iqResult(request *waBinary.Node, children ...waBinary.Node) *waBinary.Node {
	n := element("iq", attrs{"from": replyFrom(request), "id": attrString(request, "id"), "type": "result"}, children...)
	return &n
}

// iqError answers an iq that cannot be served. Codes follow HTTP: 400, 403, 404, 501.
func iqError(request *waBinary.Node, code int, text string) *waBinary.Node {
	n := element("iq", attrs{"from": replyFrom(request), "id": attrString(request, "id"), "type": "error"},
		element("error", attrs{"code": strconv.Itoa(code), "text": text}))
	return &n
}

func replyFrom(request *waBinary.Node) types.JID {
	if to, ok := attrJID(request, "to"); ok {
		return to
	}
	return types.ServerJID
}

// streamError is the last stanza of a connection that the server ends for a reason.
func streamError(text string, a attrs, children ...waBinary.Node) *waBinary.Node {
	if text != "" {
		children = append(children, waBinary.Node{Tag: text})
	}
	n := element("stream:error", a, children...)
	return &n
}

// attrString reads an attribute as text; JIDs are rendered, everything else is empty.
func attrString(n *waBinary.Node, key string) string {
	switch v := n.Attrs[key].(type) {
	case string:
		return v
	case types.JID:
		return v.String()
	default:
		return ""
	}
}

// attrJID reads an attribute as a JID. A client that sends one as text is understood too.
func attrJID(n *waBinary.Node, key string) (types.JID, bool) {
	switch v := n.Attrs[key].(type) {
	case types.JID:
		return v, !v.IsEmpty()
	case string:
		if v == "" || !strings.Contains(v, ".") && !strings.Contains(v, "@") {
			return types.JID{}, false
		}
		jid, err := types.ParseJID(v)
		return jid, err == nil && !jid.IsEmpty()
	default:
		return types.JID{}, false
	}
}

// content returns a node's bytes, whether they were sent as bytes or as text.
func content(n waBinary.Node) []byte {
	switch v := n.Content.(type) {
	case []byte:
		return v
	case string:
		return []byte(v)
	case types.JID:
		// Some clients encode every text that reads like a JID as one.
		return []byte(v.String())
	default:
		return nil
	}
}

// childContent returns the bytes of the first child with a tag.
func childContent(n *waBinary.Node, tag string) []byte {
	child, ok := n.GetOptionalChildByTag(tag)
	if !ok {
		return nil
	}
	return content(child)
}

// withAttrs returns a copy of a node with attributes added or replaced. Queued nodes are shared and never changed.
func withAttrs(n *waBinary.Node, more attrs) *waBinary.Node {
	out := *n
	out.Attrs = maps.Clone(n.Attrs)
	if out.Attrs == nil {
		out.Attrs = attrs{}
	}
	maps.Copy(out.Attrs, more)
	return &out
}

// deviceListHash is the hash by which clients and server compare lists of devices: "2:" and the first six bytes of the
// SHA-256 of the sorted device JIDs, in base64 without padding.
func deviceListHash(devices []types.JID) string {
	names := make([]string, len(devices))
	for i, d := range devices {
		names[i] = d.ADString()
	}
	sort.Strings(names)
	sum := sha256.Sum256([]byte(strings.Join(names, "")))
	return "2:" + base64.RawStdEncoding.EncodeToString(sum[:6])
}

func ecdhKey(pair *keys.KeyPair) (*ecdh.PrivateKey, error) {
	key, err := ecdh.X25519().NewPrivateKey(pair.Priv[:])
	if err != nil {
		return nil, fmt.Errorf("static key: %w", err)
	}
	return key, nil
}

// sharedKey is what two sides agree on, from the own pair and the other's public key.
func sharedKey(own *keys.KeyPair, public []byte) ([]byte, error) {
	private, err := ecdhKey(own)
	if err != nil {
		return nil, err
	}
	remote, err := ecdh.X25519().NewPublicKey(public)
	if err != nil {
		return nil, fmt.Errorf("public key: %w", err)
	}
	secret, err := private.ECDH(remote)
	if err != nil {
		return nil, fmt.Errorf("key agreement: %w", err)
	}
	return secret, nil
}
