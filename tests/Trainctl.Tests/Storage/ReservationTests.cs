using Trainctl.Storage.Folder;
using Trainctl.Testing;

namespace Trainctl.Tests.Storage;

public sealed class ReservationTests
{
    private const int MebiByte = 1024 * 1024;

    [Test]
    public void A_disk_in_memory_is_asked_for_room_only_by_what_does_not_fit()
    {
        using var disk = SmallDisk.Mount(8 * MebiByte);
        Assert.Multiple(() =>
        {
            Assert.That(Reservation.For(disk.Folder.Path, 2 * MebiByte), Is.Zero, "reserving would fill it with zeros first");
            Assert.That(Reservation.For(disk.Folder.Path, 9 * MebiByte), Is.EqualTo(9 * MebiByte), "this fails at once");
            Assert.That(Reservation.For(disk.Folder.Path, 1000), Is.EqualTo(1000));
        });
        disk.Fill(butBytes: MebiByte);
        Assert.That(Reservation.For(disk.Folder.Path, 2 * MebiByte), Is.EqualTo(2 * MebiByte), "this did fit, and does no more");
    }

    [Test]
    public void A_folder_that_cannot_be_looked_at_is_no_reason_not_to_reserve()
    {
        using var folder = new TemporaryFolder();
        Assert.That(Reservation.For(folder.Combine("nothing/here"), 2 * MebiByte), Is.EqualTo(2 * MebiByte));
    }
}
