namespace FastTun.Linux.Native;

/// <summary>What linux/nsfs.h defines, as far as it is used here (ioctl_ns(2)).</summary>
internal static class NsFs
{
    public const int NS_GET_NSTYPE = 0xb703;
}
