// Package events carries what changed in the engine to whoever shows it: typed changes, numbered in the order of publication, gathered into
// at most one batch per frame for each subscriber. A snapshot taken after reading Seq plus every batch that follows is always complete,
// because changes are whole values: applying one twice does no harm.
package events
