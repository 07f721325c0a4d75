// Package media keeps the files of messages: one copy of each content for each subaccount, named by its hash, and fetches them over the
// devices that carried the messages. No name that somebody else chose is ever part of a path.
package media
