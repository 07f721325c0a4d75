// Package whatsapp is the only user of the WhatsApp client library (whatsmeow): it links a device, connects it, sends, and
// hands on what arrives, in the words of the domain.
//
// # Parts
//
//   - Configure chooses the service once per process: the real one, or a simulator on this machine.
//   - Service.Open opens one session file: one linked device, or one that is about to be linked.
//   - Client connects, sends, marks as read and unlinks. It never reconnects by itself; the pool does.
//   - convert turns the library's events into domain.Inbound. It is pure.
//
// # Nothing is acknowledged before it is stored
//
// The library acknowledges a stanza after its handlers have returned true (SynchronousAck). Ours returns true only after
// SessionHandlers.Receive has returned without an error; a panic counts as a failure. What was decrypted stays in the
// library's event buffer until then, because a ciphertext can be decrypted only once. A message that could not be stored
// comes back with the next connection, so the client ends the present one after a while and reports SessionDisconnected.
//
// # One change to a Signal session at a time
//
// A Signal session is a ratchet that both sending and receiving turn: read, change, write back. The library does not
// serialise the two, and two changes at once lose one of them, which the other side notices as a message it can't decrypt.
// turns.go gives every change a turn. A turn covers work on this machine only (reading, encrypting or decrypting, writing),
// never the network: while a sent message waits for its ack, and while keys of a new contact are fetched, receiving goes on.
// See turns.go for how, and patience.go for the one place where the library itself waits for an ack while it receives.
package whatsapp
