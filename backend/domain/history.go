package domain

// HistoryJobID names a notice of history that was kept.
type HistoryJobID int64

// HistoryJob is a notice of history that has not been worked through.
type HistoryJob struct {
	ID     HistoryJobID
	Ref    DeviceRef
	Notice InboundHistory // Raw is empty when what it names is kept and only the phone has not been told
}

// HistoryOnDemand is the type of a notice that answers a request for older messages.
const HistoryOnDemand = "ON_DEMAND"

// Past is a part of what a phone hands over of the time before a device was linked to it: messages of one conversation, or names.
type Past struct {
	Messages []InboundMessage // any order; Past is set
	Changes  []InboundChange  // to these messages or others
	Names    []InboundName
	Ended    []Peer       // conversations of which the phone has nothing older than what it handed over
	Answer   *OlderAnswer // set in the last part of what a device had asked for
}

// HistoryProgress is how far what the phone of a device hands over by itself is here.
type HistoryProgress struct {
	Ref      DeviceRef
	Percent  int // how far the phone has come, as it says; 100 at the end
	Pieces   int // that the phone told of
	Waiting  int // of those: not kept yet
	Refused  int // of those: can't be kept, see Why
	Why      Code
	Chats    int // that anything came of
	Messages int // that came, those included that were here already
}

// Done reports whether nothing more is to come.
func (p HistoryProgress) Done() bool { return p.Percent >= 100 && p.Waiting == 0 }

// OlderOutcome is what asking the phones of a conversation for older messages came to.
type OlderOutcome struct {
	Found   int        // messages that were not here before
	More    bool       // there may be older ones still
	Away    []DeviceID // whose phone could not be asked, because the device is not connected
	Silent  []DeviceID // whose phone did not answer in time
	Brought Cursor     // where the messages that came end: a page before it begins with them
}
