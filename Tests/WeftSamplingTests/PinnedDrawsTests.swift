// PinnedDrawsTests: draws that may never change, as pictures are repeated from their seeds.

import Testing
import WeftSampling

@Suite struct PinnedDrawsTests {
    /// Seed 0, token 0: the least key there is.
    private static let least: [UInt64] = [
        0xe169_c58d_6627_e8d5, 0x9b00_dbd8_bc57_ac4c, 0x5cb2_00db_f8e4_cca4, 0x097e_ff67_b1a5_74eb,
        0x51c7_32a6_04fa_a329, 0x4591_35e4_2415_13ad, 0x6a44_74a6_c990_ef29, 0x6d41_3e04_9ac9_134f,
        0xb193_f16e_ef3d_c354, 0xeabe_fd5a_f12f_66bc, 0x071a_9632_7348_93fb, 0x5aff_d9e7_ab97_539a,
        0xceb0_8c33_b6af_4bf8, 0x08d7_4fa0_d462_db1c, 0x0ae4_5c73_a8b3_1d31, 0x73dd_f25e_b856_e2f8,
        0xa08e_039c_3fc6_a964, 0xd7fe_9a1b_f0d3_0bd2, 0x2ada_33ba_96e9_01bc, 0x1b02_f0d2_f27a_9b3d,
        0xd0d3_5eaa_d777_ce6a, 0xc900_248e_2b28_8786, 0x09b0_ee92_a0f5_ea82, 0xd275_235f_ece2_dffb,
        0x4065_8c3b_a549_9d50, 0xf418_78e7_23b6_e8b2, 0x96b5_7493_5adf_645f, 0xb699_bffa_6768_9ef6,
        0x0915_198e_0852_a6d0, 0x114d_8a7d_84b9_6593, 0xe334_dc0c_a2e8_7675, 0x0318_6e9f_b621_b3c3,
        0x676a_c14f_9561_b015, 0xd057_e38e_ef3f_4b08, 0x1a22_36b2_6b26_6ee3, 0x8750_a017_776a_bcf7,
        0x813c_3777_1a93_6218, 0x2a7a_f4a6_8bd8_d5d0, 0x39c3_d6cd_a0f8_14d1, 0x9a32_70c8_039b_1473,
        0xa336_2e95_5315_108d, 0xcd24_8843_a9d6_2e82, 0x1a5f_a621_63b5_5bfe, 0xe979_d290_f772_fa9b,
        0x9a78_bff9_7a0c_604c, 0x8f7e_55d9_ebd8_a2d2, 0xe69a_1d40_717f_0a8a, 0xc165_a2b7_fca1_ca63,
        0x943d_3e14_35dc_20a6, 0xea64_5e4e_8d1b_5939, 0x6548_028c_1a77_4e19, 0xec27_188a_bdbc_e723,
        0x7508_292b_f244_f6e5, 0xd6d2_6099_6cd1_45a6, 0x156c_49b7_6c2b_cd8c, 0x8a0d_c21e_aa1b_98b7,
        0x8dfa_6414_b591_1f3c, 0x36c7_08c7_8ed2_fa6e, 0x6d5e_d401_0183_07c0, 0xd4a6_4a5b_47ad_90e0,
        0xca1b_04fc_7c58_53f8, 0xf436_56cd_6081_223c, 0x9f34_2d0e_a20a_a267, 0xa73f_e698_9049_ce04,
    ]

    /// The greatest seed, at token 4095.
    private static let greatest: [UInt64] = [
        0x6882_b822_5c93_a4d5, 0x6467_0e5a_ab5a_6e8c, 0x4af8_0ed5_6f28_0ed1, 0xbb39_9aca_c5b2_9266,
        0x8f76_bde1_f54e_d9fb, 0x75d4_655d_15a9_7332, 0x2db7_233e_aee7_483e, 0x127f_dc50_ba50_e80b,
        0x24fa_62ee_58af_db69, 0x313e_9301_8504_8f4c, 0xc091_5e25_bc00_f6c4, 0xa9b9_03a0_95a5_55da,
        0x4097_fd33_fb60_c08a, 0x98f5_2067_f0d6_2d57, 0x5463_5aa0_eec0_c280, 0x930e_0ae7_90c1_bb6a,
        0x30de_47af_9de8_ddc4, 0x8bc3_91e8_f479_406d, 0xd894_c475_5761_5e66, 0x1944_1cdc_55d9_3916,
        0x3183_5c41_ee10_01c4, 0xeef4_fe9d_92e4_ba96, 0xed85_1d30_9d2c_f416, 0x7f43_7ff0_6fd7_ed56,
        0x633f_da81_335e_2fd2, 0x8ea5_3d57_ee75_6d8a, 0xb58e_4dd2_2040_7622, 0xedae_70c9_1e8e_a7dd,
        0xe214_9159_9044_8d6e, 0x8518_7975_feb3_66e5, 0xa0a4_8302_c911_fd36, 0x18c9_74dc_d678_b02d,
        0x81b3_7730_7abf_881c, 0x8769_bd40_5436_344b, 0xd45c_1ea5_93bc_a1ab, 0xdafc_02ce_a3cb_5b1c,
        0xd432_8557_6737_de71, 0x425b_87e4_1b7c_ea3d, 0x4ec1_c771_8738_74a7, 0x0f1b_656a_eaff_7abc,
        0xbb8a_dcb5_30e6_2635, 0xac22_5daf_d002_6ccd, 0x6da9_9ff3_5ec5_5f2e, 0x1fe3_36c4_7e9a_3dff,
        0xdaeb_73d2_cd07_fba6, 0xbfeb_fd91_7ce4_21c3, 0x8d9d_a145_62a8_9634, 0x6104_dd86_cdbf_94d4,
        0xba1e_9a52_cec1_fbe3, 0xa655_5b86_6e78_fb2f, 0x9509_c983_0312_6eb2, 0xe5fc_f79a_7559_2e5d,
        0x9ff6_7c4b_b32d_2791, 0x02f7_0dcb_93f6_2063, 0x659c_6ca8_d762_79fc, 0xb09b_4350_dade_04f5,
        0xf0ca_cdb6_04a9_1219, 0x46b6_b75f_6819_2fa7, 0xe97b_5cb2_be04_f6c6, 0x9da4_829f_2f68_66e4,
        0xc935_0381_c48a_2cda, 0x2171_6df6_ed83_51f0, 0x5680_7794_2b80_0afb, 0xd407_cb8f_2a9a_f9a4,
    ]

    /// Seed 42, token 575, stream 1.
    private static let stream: [UInt64] = [
        0x6f05_775f_e13e_7477, 0x341b_1656_90a0_91f6, 0x2616_6788_7861_f531, 0x5c09_db39_3c5e_9eb2,
        0xcb0f_1f2c_1ed3_1cde, 0x0aff_c13e_e371_60b1, 0x7ba6_7861_b685_a7d1, 0xd1f2_47bb_f843_b891,
        0x2991_7c67_f5a5_4c2c, 0x98de_392e_b05e_6732, 0xe6a0_a901_c94c_4c6e, 0x5b70_0d13_653d_0154,
        0xd55e_c624_6000_a850, 0xee60_52bf_d3a5_0b81, 0x7852_d6a4_84ba_2897, 0x126f_3aff_caa4_db92,
        0xb716_1b51_76d8_ac0c, 0xbeb9_b3d0_fd8c_03cd, 0x74ce_6da4_f8f7_1351, 0xc310_716a_3482_ef08,
        0x8dff_83dc_8cea_ddca, 0x96b2_22e0_eea0_3285, 0x4862_43e2_0d02_e293, 0x28fc_5770_d5ff_0e59,
        0xe863_ef59_54f4_eb8c, 0x7399_8c0b_e276_35f3, 0xfdce_44d5_c87d_1a3b, 0xafaf_881c_3aca_d334,
        0x5545_d26f_5ca8_984d, 0x0422_cc8f_3386_fe18, 0x2762_1cf8_96a3_adb7, 0x0f52_045b_8a86_9aaf,
        0x3b95_45d5_84ba_3b1a, 0x661e_0174_2bf0_d9fc, 0xed22_b1ea_0772_626c, 0xa5c7_a92d_0a31_7100,
        0x44b0_9f79_95dd_5502, 0x58db_e6c0_6bac_2f97, 0x3cdd_f1c5_7a11_82b7, 0x0769_74b4_5d9d_6db2,
        0x24cc_74aa_d2c8_160b, 0xde8c_1456_ea73_a49c, 0x9c86_0bca_7afe_cae1, 0xbf3e_28c0_d28a_a006,
        0x0211_6337_04a9_f5f0, 0x276d_bbe8_e93f_f62b, 0x52ce_a951_69bc_62b3, 0x5bd9_64d8_b8b3_5d2b,
        0xd225_6c25_34ed_8401, 0x553d_41ec_b055_5013, 0xda7f_6d0f_764e_3264, 0xcb68_908c_dfdf_fd9e,
        0x16b0_bb51_3f0b_0b60, 0x80ce_a242_c73e_3904, 0x7541_7420_1016_8207, 0xcdc0_2709_07d5_f6c0,
        0x1528_5e28_5350_0bbc, 0x0900_69e3_f042_e60c, 0x1ac6_0813_b319_fd5d, 0xa8af_66f1_a752_1a94,
        0xe180_41b9_f863_dcc8, 0x86e8_384c_2586_4dd5, 0x09d6_a751_6168_7a21, 0x625a_631e_c479_f264,
    ]

    @Test("the first 64 draws of three keys are those of every version before")
    func pinned() {
        var generator = CounterRandom(seed: 0, tokenIndex: 0)
        #expect(Self.least.map { _ in generator.next() } == Self.least)
        generator = CounterRandom(seed: .max, tokenIndex: 4095)
        #expect(Self.greatest.map { _ in generator.next() } == Self.greatest)
        generator = CounterRandom(seed: 42, tokenIndex: 575, stream: 1)
        #expect(Self.stream.map { _ in generator.next() } == Self.stream)
        #expect(Self.least.count == 64 && Self.greatest.count == 64 && Self.stream.count == 64)
    }

    @Test("picture i of a count has seed + i, around the end of the seeds")
    func pictures() {
        var generator = CounterRandom(seed: 0, picture: 0, tokenIndex: 0)
        #expect(Self.least.map { _ in generator.next() } == Self.least)
        generator = CounterRandom(seed: 30, picture: 12, tokenIndex: 575, stream: 1)
        #expect(Self.stream.map { _ in generator.next() } == Self.stream)
        #expect(CounterRandom(seed: .max, picture: 1, tokenIndex: 0) == CounterRandom(seed: 0, tokenIndex: 0))
    }

    @Test("the draws serve Swift's own random functions")
    func standardLibrary() {
        func numbers() -> [Int] {
            var generator = CounterRandom(seed: 42, tokenIndex: 575, stream: 1)
            return (0..<8).map { _ in Int.random(in: 0..<100, using: &generator) }
        }
        #expect(numbers() == numbers())
        #expect(Set(numbers()).count > 1)
        var generator = CounterRandom(seed: 3, tokenIndex: 0)
        #expect(Set([1, 2, 3, 4].shuffled(using: &generator)) == [1, 2, 3, 4])
    }
}
