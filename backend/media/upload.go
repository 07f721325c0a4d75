package media

import (
	"context"

	"waflow/backend/domain"
)

// Upload puts the file of a message on WhatsApp's hosts and returns the message as it goes. sent is called with how many bytes have gone.
// Errors: those of Devices.Upload; file_gone when it is not here any more; storage_failed.
func (l *Library) Upload(ctx context.Context, job domain.UploadJob, sent func(int64)) (domain.Uploaded, error) {
	file, err := l.c.Files.Read(job.Ref.Subaccount, job.SHA256)
	if domain.CodeOf(err) == domain.CodeNotFound {
		return domain.Uploaded{}, &domain.Error{Code: domain.CodeFileGone, Message: "The file of a message is not here any more.", Err: err}
	}
	if err != nil {
		return domain.Uploaded{}, err
	}
	defer func() { _ = file.Close() }()
	scratch, err := l.c.Files.Begin(job.Ref.Subaccount, max(job.Size, domain.MaxSentMediaBytes))
	if err != nil {
		return domain.Uploaded{}, err
	}
	defer scratch.Discard()
	return l.c.Devices.Upload(ctx, job, file, scratch, sent)
}
