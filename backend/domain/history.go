package domain

// HistoryJobID names a notice of history that was kept.
type HistoryJobID int64

// HistoryJob is a notice of history that has not been worked through.
type HistoryJob struct {
	ID     HistoryJobID
	Ref    DeviceRef
	Notice InboundHistory // Raw is empty when what it names is kept and only the phone has not been told
}

// Past is a part of what a phone hands over of the time before a device was linked to it: messages of one conversation, or names.
type Past struct {
	Messages []InboundMessage // any order; Past is set
	Names    []InboundName
	Answer   *OlderAnswer // set in the last part of what a device had asked for
}
