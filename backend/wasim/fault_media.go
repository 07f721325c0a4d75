package wasim

import (
	"net/http"
	"time"
)

// The faults of the media hosts. Number limits them to what one account uploads or has uploaded, Media to one file.
const (
	// FaultMediaGone answers downloads with Code: 404 (default), 410, 403, or any other status.
	FaultMediaGone FaultKind = "media_gone"
	// FaultMediaSlow waits Delay before every 32 KiB of a download.
	FaultMediaSlow FaultKind = "media_slow"
	// FaultMediaCorrupt alters a byte of downloads.
	FaultMediaCorrupt FaultKind = "media_corrupt"
	// FaultMediaCut breaks downloads off in the middle.
	FaultMediaCut FaultKind = "media_cut"
	// FaultRefuseUpload answers uploads with Code: 401 as if the token had expired, 413, 500, 507, …
	FaultRefuseUpload FaultKind = "refuse_upload"
	// FaultFailMediaRetry makes a phone that is asked for a file once more answer with the result Code: 0 general error, 2
	// not found, 3 cannot be decrypted.
	FaultFailMediaRetry FaultKind = "fail_media_retry"
	// FaultWithholdViewOnce makes phones keep what can be opened once from the linked devices of the person they write to:
	// those get <unavailable type="view_once"/> in place of the ciphertext. Not in groups.
	FaultWithholdViewOnce FaultKind = "withhold_view_once"
)

// validMedia tells whether this is a fault of the media hosts with all that it needs.
func (f Fault) validMedia() bool {
	switch f.Kind {
	case FaultMediaCorrupt, FaultMediaCut, FaultWithholdViewOnce:
		return true
	case FaultMediaSlow:
		return f.Delay > 0
	case FaultMediaGone:
		return f.Code == 0 || f.Code >= 400 && f.Code <= 599
	case FaultRefuseUpload:
		return f.Code >= 400 && f.Code <= 599
	case FaultFailMediaRetry:
		return f.Code == 0 || f.Code == 2 || f.Code == 3
	default:
		return false
	}
}

// downloadFaults is what goes wrong with one download.
type downloadFaults struct {
	gone    int // status, 0 when it is there
	corrupt bool
	cut     bool
	pause   time.Duration
}

func (b *faultBook) onDownload(owner *account, path string) downloadFaults {
	acts := func(kind FaultKind) (Fault, bool) {
		return b.take(func(f Fault) bool {
			return f.Kind == kind && (f.Number == "" || owner != nil && f.Number == owner.number) && (f.Media == "" || barePath(f.Media) == path)
		})
	}
	var found downloadFaults
	if f, gone := acts(FaultMediaGone); gone {
		found.gone = f.Code
		if f.Code == 0 {
			found.gone = http.StatusNotFound
		}
		return found
	}
	if f, slow := acts(FaultMediaSlow); slow {
		found.pause = f.Delay
	}
	_, found.corrupt = acts(FaultMediaCorrupt)
	_, found.cut = acts(FaultMediaCut)
	return found
}

// withholds tells whether a linked device is not to see what can be opened once.
func (b *faultBook) withholds(d *device) bool {
	_, found := b.takeFor(FaultWithholdViewOnce, d.account.number)
	return found
}
