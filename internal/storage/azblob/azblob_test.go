package azblob

import (
	"context"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/service"

	"sluice/internal/azuretest"
	"sluice/internal/storage/storagetest"
)

func TestBlockSize(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ size, want int64 }{
		{0, 8 * mib},
		{1, 8 * mib},
		{200_000_000_000, 8 * mib},
		{45_000 * 8 * mib, 8 * mib},
		{45_000*8*mib + 1, 9 * mib},
		{1 << 40, 24 * mib},
		{4_750 << 30, 109 * mib}, // 4.64 TiB
		{19 << 38, 111 * mib},    // 4.75 TiB, what blocks of 100 MiB once allowed
		{100 << 40, 2331 * mib},
		{45_000 * maxBlock, maxBlock},
		{45_000*maxBlock + 1, 3601 * mib},
		{MaxSize, maxBlock},
	} {
		got := BlockSize(c.size)
		if got != c.want {
			t.Errorf("BlockSize(%d) = %d MiB, want %d", c.size, got/mib, c.want/mib)
		}
		if blocks := (c.size + got - 1) / got; blocks > maxBlocks {
			t.Errorf("%d bytes need %d blocks", c.size, blocks)
		}
	}
	sum := int64(0)
	for n := range maxBlocks {
		sum += growing(n)
	}
	if growing(0) != 8*mib || growing(maxBlocks-1) > maxBlock || sum < 10<<40 {
		t.Errorf("blocks grow from %d to %d, %d in all", growing(0), growing(maxBlocks-1), sum)
	}
}

// azurite is a storage on a real Azurite, with an empty container.
func azurite(t *testing.T, containers ...string) *Storage {
	t.Helper()
	a := azuretest.Azurite(t)
	c, err := service.NewClient(a.URL(), a.Credential(), &service.ClientOptions{ClientOptions: azcore.ClientOptions{
		Transport: a.Client, Retry: policy.RetryOptions{MaxRetries: -1},
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range containers {
		if _, err := c.CreateContainer(context.Background(), name, nil); err != nil {
			t.Fatal(err)
		}
	}
	return New(Options{Service: c})
}

func TestAzurite(t *testing.T) {
	t.Parallel()
	s := azurite(t, "data")
	if err := s.Mkdir(context.Background(), "data/dir", true); err != nil {
		t.Fatal(err)
	}
	storagetest.Run(t, s, "data/dir")
}
