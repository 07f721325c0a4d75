package bridge

import (
	"errors"
	"strings"

	"github.com/skip2/go-qrcode"

	"waflow/backend/domain"
)

func pairingOf(s domain.PairingStep) PairingStep {
	out := PairingStep{
		Device:     int64(s.Ref.Device),
		Subaccount: int64(s.Ref.Subaccount),
		Kind:       string(s.Kind),
		N:          s.N,
		Total:      s.Total,
		Shown:      ms(s.At),
		Expires:    ms(s.Expires),
		Asked:      formatNumber(s.Asked),
		Number:     formatNumber(s.Account.Number),
		Name:       accountName(s.Account),
	}
	switch s.Kind {
	case domain.PairingShowing:
		out.QR = bitmap(s.Code)
	case domain.PairingCode:
		out.Code = s.Code
	default:
	}
	if s.Err != nil {
		problem := problemOf(s.Err)
		out.Problem = &problem
	}
	holder := s.Holder
	var refused *domain.RefusedError
	if holder == nil && errors.As(s.Err, &refused) {
		holder = &refused.Holder
	}
	if holder != nil {
		out.Holder = holderOf(*holder)
		if domain.CodeOf(s.Err) == domain.CodeWrongNumber {
			out.Expected = out.Holder.Number
		}
	}
	return out
}

func holderOf(h domain.Holder) *Holder {
	return &Holder{
		Subaccount:     int64(h.Ref.Subaccount),
		SubaccountName: h.SubaccountName,
		Device:         int64(h.Ref.Device),
		DeviceLabel:    h.DeviceLabel,
		Slot:           h.Slot,
		Number:         formatNumber(h.Number),
		Since:          ms(h.Since),
		Conversations:  h.Conversations,
	}
}

// bitmap draws a payload as a QR code of medium redundancy without quiet zone; nil when it is empty or too long for one.
func bitmap(payload string) *QR {
	code, err := qrcode.New(payload, qrcode.Medium)
	if err != nil {
		return nil
	}
	code.DisableBorder = true
	rows := code.Bitmap()
	var bits strings.Builder
	for _, row := range rows {
		for _, dark := range row {
			if dark {
				bits.WriteByte('1')
			} else {
				bits.WriteByte('0')
			}
		}
	}
	return &QR{Size: len(rows), Bits: bits.String()}
}
